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
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/audit"
)

// evidence is what a server gave out: a bundle, an export, and the checkpoints that were kept.
type evidence struct{ dir, bundle, export, trail, kept, key string }

func gather(t *testing.T) evidence {
	t.Helper()
	e := evidence{dir: t.TempDir()}
	e.trail = filepath.Join(e.dir, "trail.jsonl")
	server := serve(t, e.dir, "--demo", "--audit-sink", "file:"+e.trail)
	c, ctx := server.client(), t.Context()
	start := func() string {
		started, err := c.StartRunWithResponse(ctx, nil, client.RunStart{ProcedureID: demo})
		require.NoError(t, err)
		return started.JSON201.ID
	}
	private, public := key(t, e.dir, "alice")
	second, _ := key(t, e.dir, "bob")
	both := filepath.Join(e.dir, "both")
	require.NoError(t, os.WriteFile(both, slices.Concat(contents(t, private), contents(t, second)), 0o600))
	e.key, e.kept = public, filepath.Join(e.dir, "kept")
	id := start()
	for i, s := range demoSteps[:3] {
		r, err := c.CommitStepWithResponse(ctx, id, s.key, nil, client.StepCommit{Slots: values(t, s.slots), Checklist: done(s.ticks...)})
		require.NoError(t, err)
		require.Equal(t, 200, r.StatusCode(), string(r.Body))
		start()
		_, stderr, status := procedo(t, e.dir, "audit", "checkpoint", "--audit-key-file", []string{private, both, both}[i], "-o", e.kept)
		require.Zero(t, status, stderr)
	}
	r, err := c.FailRunWithResponse(ctx, id, nil, client.RunFailure{Reason: new("enough « of it » \u2028 <&>")})
	require.NoError(t, err)
	require.Equal(t, 200, r.StatusCode(), string(r.Body))
	holds(t, e.trail, "run.failed")
	holds(t, e.trail, `{"checkpoint":3,`)
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

// independent verifies with the documented verifier, which shares nothing with Procedo.
func independent(t *testing.T, args ...string) (stdout string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "python3", append([]string{"../../docs/verify.py"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError), "python3 is needed")
	}
	require.NotContains(t, errs.String(), "Traceback")
	return out.String(), cmd.ProcessState.ExitCode()
}

var place = regexp.MustCompile(`(?m)^(run|procedure) \S+ event \d+`)

// agree wants both verifiers to say the same of a file: whether all is well, and at which events it is not.
func (e evidence) agree(t *testing.T, what, file string, args ...string) (fine bool) {
	t.Helper()
	ours, stderr, status := procedo(t, e.dir, append([]string{"audit", "verify", file}, args...)...)
	theirs, other := independent(t, append([]string{file}, args...)...)
	require.Equal(t, status != 0, other != 0, "%s\n%s%s\n%s", what, ours, stderr, theirs)
	if stderr == "" && !strings.Contains(theirs, "cannot be read") { // what is no event to one of them has no place
		require.Equal(t, places(ours), places(theirs), "%s\n%s\n%s", what, ours, theirs)
	}
	return status == 0
}

func places(findings string) []string {
	all := place.FindAllString(findings, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestTheIndependentVerifierAgrees(t *testing.T) {
	e := gather(t)
	for _, file := range []string{e.bundle, e.export, e.trail} {
		require.True(t, e.agree(t, file, file, "--checkpoint", e.kept, "--key", e.key))
		require.True(t, e.agree(t, file, file))
		_, stranger := key(t, t.TempDir(), "eve")
		require.False(t, e.agree(t, "another key", file, "--key", stranger))
	}
	altered := filepath.Join(e.dir, "altered")
	require.NoError(t, os.WriteFile(altered, nil, 0o600))
	require.False(t, e.agree(t, "nothing that was kept", e.export, "--checkpoint", altered))
	for _, file := range []string{e.trail, e.export} {
		rehash(t, file, altered)
		require.False(t, e.agree(t, "hashed anew: "+file, altered, "--checkpoint", e.kept, "--key", e.key))
	}
	for _, file := range []string{e.bundle, e.export} {
		data := contents(t, file)
		for i := range 15 { // a bit here and there
			forged := bytes.Clone(data)
			at := i * 1_048_583 % len(data)
			forged[at] ^= 1
			require.NoError(t, os.WriteFile(altered, forged, 0o600))
			e.agree(t, fmt.Sprintf("byte %d of %s: %s", at, file, data[max(0, at-40):min(len(data), at+20)]), altered)
		}
	}
	lines := strings.SplitAfter(string(contents(t, e.export)), "\n")
	for i := 0; i < len(lines)-1; i += 2 {
		require.NoError(t, os.WriteFile(altered, []byte(strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "")), 0o600))
		if e.agree(t, "without line: "+lines[i], altered, "--checkpoint", e.kept) {
			require.Contains(t, lines[i], `"action":"run.failed"`, "only what no checkpoint covers yet can go")
		}
	}
	events := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, `{"checkpoint"`) })
	require.NoError(t, os.WriteFile(altered, []byte(strings.Join(slices.Repeat(events, 2), "")), 0o600))
	require.True(t, e.agree(t, "events twice, as sinks may be given them", altered))
}

// rehash writes a file without leaves in which one value is another and every chain is whole; checkpoints are as they were.
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
			payload := bytes.ReplaceAll(e.Payload, []byte("INC-450123"), []byte("INC-999999"))
			changed = changed || !bytes.Equal(payload, e.Payload)
			sealed, err := audit.Seal(e.Entity, heads[e.Entity.ID], audit.Entry{Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: payload})
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
