package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// lines is an export as lines.
type lines struct {
	all []string
	err error
}

func (l *lines) add(line audit.Line) error {
	data, err := json.Marshal(line)
	l.all = append(l.all, string(data))
	if err == nil {
		err = l.err
	}
	return err
}

func (l *lines) Event(e *audit.Event) error     { return l.add(audit.Line{Event: e}) }
func (l *lines) Leaf(of audit.StoredLeaf) error { return l.add(audit.Line{Leaf: &of}) }
func (l *lines) Note(n audit.StoredNote) error  { return l.add(audit.Line{Note: &n}) }

func auditKey(t testing.TB, name string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(name[:1], 32)), name)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}

// checkLines checks lines as they come.
func checkLines(t testing.TB, trust verify.Trust, all ...string) (findings []string, done verify.Counts) {
	t.Helper()
	check := verify.NewExportCheck(trust, func(f audit.Finding) { findings = append(findings, f.String()) })
	for _, text := range all {
		line, err := audit.ReadLine([]byte(text))
		require.NoError(t, err)
		var flaws []string
		if line.Event != nil {
			flaws = new(audit.Checker).Flaws(line.Event)
		}
		check.Line(line, flaws)
	}
	check.End()
	return findings, check.Counts
}

// exportOf is a database with two runs and two checkpoints, the second of the second run alone, and its export.
func exportOf(t testing.TB) (w *world, all []string, kept map[int64]audit.Checkpoint) {
	t.Helper()
	w = newWorld(t)
	w.started()
	second := w.started()
	made, err := w.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")})
	require.NoError(t, err)
	_, err = w.Execute(t.Context(), ann, second, draft(`"x"`))
	require.NoError(t, err)
	more, err := w.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")})
	require.NoError(t, err)
	var notes []string
	for _, n := range slices.Concat(made, more) {
		notes = append(notes, n.Note)
	}
	kept, err = verify.KeptCheckpoints(notes)
	require.NoError(t, err)
	var out lines
	require.NoError(t, w.Export(t.Context(), &out))
	return w, out.all, kept
}

func TestAnExportHoldsEveryEventAndEveryCheckpointAndIsCheckedAsItComes(t *testing.T) {
	w, all, kept := exportOf(t)
	require.Len(t, all, 7+4+2)
	require.ErrorIs(t, w.Export(t.Context(), &lines{err: errBoom}), errBoom)
	for _, trust := range []verify.Trust{{}, {Kept: kept}, {Keys: kept[2].Keys}} {
		findings, done := checkLines(t, trust, all...)
		require.Empty(t, findings)
		require.Equal(t, verify.Counts{Procedures: 1, Runs: 2, Events: 7, Checkpoints: 2}, done)
	}
	findings, _ := checkLines(t, verify.Trust{Keys: []string{auditKey(t, "bob").Public}}, all...)
	require.Equal(t, []string{"checkpoint 2: the latest checkpoint is not signed by a trusted key"}, findings)
	findings, _ = checkLines(
		t,
		verify.Trust{Kept: kept},
		slices.DeleteFunc(slices.Clone(all), func(l string) bool { return strings.Contains(l, "checkpoint") })...)
	require.Equal(
		t, []string{"checkpoint 1: the kept checkpoint is missing", "checkpoint 2: the kept checkpoint is missing"},
		findings,
	)
	for _, bad := range []string{``, `{}`, `[]`, `{"checkpoint":"x"}`, `{"id":"r/1","seq":1}`} {
		_, err := audit.ReadLine([]byte(bad))
		require.ErrorIs(t, err, audit.ErrLine, bad)
	}
}

func TestWhateverIsDoneToALineOfAnExportIsFound(t *testing.T) {
	_, all, kept := exportOf(t)
	for i, line := range all {
		without := slices.Delete(slices.Clone(all), i, i+1)
		findings, _ := checkLines(t, verify.Trust{Kept: kept}, without...)
		require.NotEmpty(t, findings, "without %s", line)
		for what, forged := range map[string]string{
			"actor": strings.Replace(line, `"actor":"ann"`, `"actor":"eve"`, 1), "payload": strings.Replace(line, `"payload":{`, `"payload":{"x":1,`, 1),
			"time": strings.Replace(line, `.0`, `.1`, 1), "hash": strings.Replace(line, `"hash":"`, `"hash":"0`, 1), "bytes": strings.Replace(line, `"canonical":"{`, `"canonical":"{ `, 1),
			"number": strings.Replace(line, `"checkpoint":1`, `"checkpoint":7`, 1), "note": strings.Replace(line, `number `, `number 1`, 1), "place": strings.Replace(line, `"index":0`, `"index":9`, 1),
		} {
			if forged == line {
				continue
			}
			if _, err := audit.ReadLine([]byte(forged)); err != nil {
				continue // cannot even be read
			}
			with := slices.Clone(all)
			with[i] = forged
			findings, _ := checkLines(t, verify.Trust{Kept: kept}, with...)
			require.NotEmpty(t, findings, "%s: %s", what, forged)
		}
	}
}

func TestWhatASinkWasGivenAlternatesAndComesAgain(t *testing.T) {
	_, all, _ := exportOf(t)
	events := slices.DeleteFunc(all, func(l string) bool { return strings.Contains(l, `"checkpoint"`) })
	p, first, second := events[:1], events[1:3], events[3:]
	mixed := slices.Concat(p, first[:1], second[:2], p, first[1:], second[2:])
	findings, done := checkLines(t, verify.Trust{}, mixed...)
	require.Empty(t, findings)
	require.Equal(t, 8, done.Events)
	for what, again := range map[string][]string{
		"all of it": second, "the end": second[1:], "the last": second[len(second)-1:], "broken off and begun once more": slices.Concat(second[:2], second),
	} {
		findings, _ := checkLines(t, verify.Trust{}, slices.Concat(events, again)...)
		require.Empty(t, findings, what)
	}
	lie := strings.ReplaceAll(second[1], "ann", "eve")
	for what, again := range map[string][]string{
		"broken off": second[:1], "another one": {lie}, "another one among them": {second[0], lie, second[2], second[3]},
		"a gap": {second[0], second[3]}, "another one first, then the last": {lie, second[3]},
	} {
		findings, _ := checkLines(t, verify.Trust{}, slices.Concat(events, again)...)
		require.NotEmpty(t, findings, what)
	}
}

// A sink is given events and checkpoints in the order of the commits, without leaves: what each covers is told by that.
func TestWhatACheckpointCoversIsMadeAgainFromWhatASinkWasGiven(t *testing.T) {
	w, _, kept := exportOf(t)
	records, err := w.feed.Records(t.Context(), audit.Cursor{}, 100)
	require.NoError(t, err)
	given := make([]string, len(records))
	for i, r := range records {
		data, err := json.Marshal(r.Line())
		require.NoError(t, err)
		given[i] = string(data)
	}
	findings, done := checkLines(t, verify.Trust{Kept: kept}, given...)
	require.Empty(t, findings)
	require.Equal(t, 2, done.Checkpoints)
	findings, _ = checkLines(t, verify.Trust{}, given[1:]...)
	require.Contains(
		t, strings.Join(findings, "\n"), "checkpoint 1: the events before it are not those that were signed",
	)
	end := slices.IndexFunc(given, func(l string) bool { return strings.HasPrefix(l, `{"checkpoint":1`) })
	findings, _ = checkLines(t, verify.Trust{}, given[end:]...)
	require.Contains(t, strings.Join(findings, "\n"), "checkpoint 1: the events that it covers are missing")
	findings, _ = checkLines(
		t,
		verify.Trust{},
		append(slices.Clone(given), strings.Replace(given[end], "alice", "alien", 1))...)
	require.Equal(t, []string{"checkpoint 1: it differs from the same line before"}, findings)
}

// FuzzLine: nothing that stands in an export makes the verifier fall over.
func FuzzLine(f *testing.F) {
	_, all, _ := exportOf(f)
	for _, line := range all {
		f.Add(line)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if line, err := audit.ReadLine([]byte(text)); err == nil {
			check := verify.NewExportCheck(verify.Trust{}, func(audit.Finding) {})
			check.Line(line, nil)
			check.End()
		}
	})
}
