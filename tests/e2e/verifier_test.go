package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
)

// evidence holds the paths of files with which the trail of a server can be verified, and the server's verifier key.
type evidence struct {
	dir    string
	bundle string // bundle of a run
	export string // export of the trail
	trail  string // file that an audit sink writes
	kept   string // file of checkpoints kept outside of the database
	key    string // verifier key
}

// gatherEvidence creates runs and checkpoints on a server, and writes the files of the evidence.
func gatherEvidence(t *testing.T) evidence {
	t.Helper()
	e := evidence{dir: t.TempDir()}
	e.trail = filepath.Join(e.dir, "trail.jsonl")
	server := serve(t, e.dir, "--demo", "--audit-sink", "file:"+e.trail)
	c, ctx := server.client(), t.Context()
	private, public := key(t, e.dir, "alice")
	second, _ := key(t, e.dir, "bob")
	both := filepath.Join(e.dir, "both")
	require.NoError(t, os.WriteFile(both, slices.Concat(contents(t, private), contents(t, second)), 0o600))
	e.key, e.kept = public, filepath.Join(e.dir, "kept")
	id := server.startRun(demo)
	for i, keys := range []string{private, both, both} {
		server.commitDemoStep(id, i)
		server.startRun(demo)
		_, stderr, status := procedo(t, e.dir, "audit", "checkpoint", "--audit-key-file", keys, "-o", e.kept)
		require.Zero(t, status, stderr)
	}
	r, err := c.FailRunWithResponse(ctx, id, nil, client.RunFailure{Reason: "enough « of it » \u2028 <&>"})
	require.NoError(t, err)
	require.Equal(t, 200, r.StatusCode(), string(r.Body))
	waitForText(t, e.trail, "run.failed")
	waitForText(t, e.trail, `{"checkpoint":3,`)
	bundle, err := c.GetRunBundleWithResponse(ctx, id, nil)
	require.NoError(t, err)
	e.bundle, e.export = filepath.Join(e.dir, "bundle.json"), filepath.Join(e.dir, "export.jsonl")
	require.NoError(t, os.WriteFile(e.bundle, bundle.Body, 0o600))
	_, stderr, status := procedo(t, e.dir, "audit", "export", "-o", e.export)
	require.Zero(t, status, stderr)
	return e
}

func contents(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return data
}

// python returns the path of the interpreter. The command python3 may be a script that looks for it, which takes longer
// than the verification of a small file.
var python = sync.OnceValues(func() (string, error) {
	path, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(path)), err
})

// verifyIndependently runs docs/verify.py, which shares no code with Procedo.
func verifyIndependently(t *testing.T, args ...string) (stdout string, status int) {
	t.Helper()
	interpreter, err := python()
	require.NoError(t, err, "python3 is needed")
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), interpreter, append([]string{"../../docs/verify.py"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	require.NotContains(t, errs.String(), "Traceback")
	return out.String(), cmd.ProcessState.ExitCode()
}

var eventPattern = regexp.MustCompile(`(?m)^(run|procedure) \S+ event \d+`)

// requireAgreement verifies a file with the program and with verify.py. Both must accept the file, or both must have
// findings about the same events. It reports whether they accept the file.
func (e evidence) requireAgreement(t *testing.T, what, file string, args ...string) (valid bool) {
	t.Helper()
	ours, stderr, status := procedo(t, e.dir, append([]string{"audit", "verify", file}, args...)...)
	theirs, other := verifyIndependently(t, append([]string{file}, args...)...)
	require.Equal(t, status != 0, other != 0, "%s\n%s%s\n%s", what, ours, stderr, theirs)
	if stderr == "" && !strings.Contains(theirs, "cannot be read") { // both have parsed the file
		require.Equal(t, eventsOf(ours), eventsOf(theirs), "%s\n%s\n%s", what, ours, theirs)
	}
	return status == 0
}

// eventsOf returns the events named in the output of a verifier, sorted and without duplicates.
func eventsOf(findings string) []string {
	all := eventPattern.FindAllString(findings, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestTheIndependentVerifierAgrees(t *testing.T) {
	e := gatherEvidence(t)
	for _, file := range []string{e.bundle, e.export, e.trail} {
		require.True(t, e.requireAgreement(t, file, file, "--checkpoint", e.kept, "--key", e.key))
		require.True(t, e.requireAgreement(t, file, file))
		_, otherKey := key(t, t.TempDir(), "eve")
		require.False(t, e.requireAgreement(t, "another key", file, "--key", otherKey))
	}
	altered := filepath.Join(e.dir, "altered")
	require.NoError(t, os.WriteFile(altered, nil, 0o600))
	require.False(t, e.requireAgreement(t, "an empty file of checkpoints", e.export, "--checkpoint", altered))
	for _, file := range []string{e.trail, e.export} {
		rehash(t, file, altered)
		require.False(t, e.requireAgreement(t, "recomputed hashes: "+file, altered,
			"--checkpoint", e.kept, "--key", e.key))
	}
	for _, file := range []string{e.bundle, e.export} {
		data := contents(t, file)
		for i := range 6 { // flips one bit, each time in another place of the file
			forged := bytes.Clone(data)
			at := (2*i + 1) * len(data) / 12
			forged[at] ^= 1
			require.NoError(t, os.WriteFile(altered, forged, 0o600))
			around := data[max(0, at-40):min(len(data), at+20)]
			e.requireAgreement(t, fmt.Sprintf("byte %d of %s: %s", at, file, around), altered)
		}
	}
	lines := strings.SplitAfter(string(contents(t, e.export)), "\n")
	for i := 0; i < len(lines)-1; i += max(2, len(lines)/10) {
		without := slices.Delete(slices.Clone(lines), i, i+1)
		require.NoError(t, os.WriteFile(altered, []byte(strings.Join(without, "")), 0o600))
		if e.requireAgreement(t, "without line: "+lines[i], altered, "--checkpoint", e.kept) {
			require.Contains(t, lines[i], `"action":"run.failed"`, "only this event is covered by no checkpoint")
		}
	}
	events := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.HasPrefix(line, `{"checkpoint"`)
	})
	require.NoError(t, os.WriteFile(altered, []byte(strings.Join(slices.Repeat(events, 2), "")), 0o600))
	require.True(t, e.requireAgreement(t, "every event twice, as a sink may receive them", altered))
}

// rehash copies an export or the file of a sink. It replaces a value in the events and recomputes the hashes of all
// events. It copies the checkpoints unchanged and omits their leaves.
func rehash(t *testing.T, from, to string) {
	t.Helper()
	heads := map[string]audit.Head{}
	var out []byte
	changed := false
	for line := range bytes.Lines(contents(t, from)) {
		l, err := audit.ReadLine(bytes.TrimSpace(line))
		require.NoError(t, err)
		if l.Leaf != nil {
			continue
		}
		if e := l.Event; e != nil {
			sealed, err := audittest.Reseal(*e, heads[e.Entity.ID], func(payload string) string {
				changed = changed || strings.Contains(payload, "INC-450123")
				return strings.ReplaceAll(payload, "INC-450123", "INC-999999")
			})
			require.NoError(t, err)
			heads[e.Entity.ID], l.Event = sealed.Head(), &sealed
		}
		data, err := json.Marshal(l)
		require.NoError(t, err)
		out = append(append(out, data...), '\n')
	}
	require.True(t, changed)
	require.NoError(t, os.WriteFile(to, out, 0o600))
}
