package browser

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDemoIsDoneInTheConsoleByTheKeyboard(t *testing.T) {
	run(t, "console_walk.mjs", serve(t, "--demo"))
}

func TestAFormLosesNothingAndStoresNothingWrong(t *testing.T) {
	run(t, "console_form.mjs", serve(t, "--demo"))
}

func TestAReviewerFindsWhatHappened(t *testing.T) { run(t, "console_trail.mjs", serve(t, "--demo")) }

func TestTheVersionsOfAProcedureAreShownAndCompared(t *testing.T) {
	run(t, "console_procedure.mjs", serve(t, "--demo"))
}

func TestAnAuthorChangesTriesAndPublishesAProcedure(t *testing.T) {
	run(t, "console_editor.mjs", serve(t, "--demo"))
}

func TestEightTabsFollowARun(t *testing.T) { run(t, "console_tabs.mjs", serve(t, "--demo")) }

func TestEveryPageIsAccessible(t *testing.T) { run(t, "console_pages.mjs", serve(t, "--demo")) }

func TestADraftSurvivesThatTheServerIsKilled(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address, database := listener.Addr().String(), "sqlite:"+filepath.Join(t.TempDir(), "procedo.db")
	require.NoError(t, listener.Close())
	for _, part := range []string{"before", "after"} {
		cmd := exec.CommandContext(t.Context(), binary, "serve", "--demo", "--listen", address, "--database-url", database,
			"--log-level", "warn")
		cmd.Stderr, cmd.Dir = os.Stderr, t.TempDir()
		url := started(t, cmd)
		t.Setenv("PROCEDO_TEST_PART", part)
		run(t, "console_killed.mjs", url)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
}

// TestPictures makes the pictures in docs/images, if it is asked to by make pictures.
func TestPictures(t *testing.T) {
	if os.Getenv("PROCEDO_PICTURES") == "" {
		t.Skip("make pictures makes them")
	}
	run(t, "pictures.mjs", serve(t, "--demo"))
}
