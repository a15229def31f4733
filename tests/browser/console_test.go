package browser

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheConsole runs the scripts of the console, each with a server of its own.
func TestTheConsole(t *testing.T) {
	for name, script := range map[string]string{
		"the demo is done by the keyboard":                   "console_walk.mjs",
		"a form loses nothing, and stores nothing wrong":     "console_form.mjs",
		"a reviewer finds what happened":                     "console_trail.mjs",
		"versions of a procedure are shown and compared":     "console_procedure.mjs",
		"an author changes, tries and publishes a procedure": "console_editor.mjs",
		"eight tabs follow a run":                            "console_tabs.mjs",
		"lists answer the last question":                     "console_lists.mjs",
		"an assistant proposes and a person confirms":        "console_assistant.mjs",
		"every page is accessible":                           "console_pages.mjs",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, script, serve(t, "--demo"))
		})
	}
}

func TestADraftSurvivesThatTheServerIsKilled(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address, database := listener.Addr().String(), "sqlite:"+filepath.Join(t.TempDir(), "procedo.db")
	require.NoError(t, listener.Close())
	for _, part := range []string{"before", "after"} {
		cmd := exec.CommandContext(t.Context(), binary, "serve", "--demo", "--listen", address, "--database-url", database,
			"--log-level", "warn")
		cmd.Stderr, cmd.Dir = os.Stderr, t.TempDir()
		url := started(t, cmd)
		run(t, "console_killed.mjs", url, "PROCEDO_TEST_PART="+part)
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
