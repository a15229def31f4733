package verify_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// lines collects an export as JSON lines.
type lines struct {
	all []string
	err error // returned by every call
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

// auditKey returns a key. Its bytes depend only on the name.
func auditKey(t testing.TB, name string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(name[:1], 32)), name)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}

// checkLines runs an ExportCheck on the lines.
func checkLines(t testing.TB, trust verify.Trust, all ...string) (findings []string, counts verify.Counts) {
	t.Helper()
	check := verify.NewExportCheck(trust, func(f audit.Finding) { findings = append(findings, i18n.Accept("en").Finding(f)) })
	for _, text := range all {
		line, err := audit.ReadLine([]byte(text))
		require.NoError(t, err)
		var checked audit.Checked
		if line.Event != nil {
			checked = new(audit.Checker).Check(line.Event)
		}
		check.Line(line, checked)
	}
	check.End()
	return findings, check.Counts
}

// newExport returns a database with two runs and two checkpoints, the lines of its export, and the checkpoints. The
// second checkpoint covers only the second run.
func newExport(t testing.TB) (fx *fixture, all []string, kept verify.Kept) {
	t.Helper()
	fx = newFixture(t)
	fx.startRun()
	second := fx.startRun()
	made, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, second, draft(`"x"`))
	require.NoError(t, err)
	more, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	var notes []string
	for _, n := range slices.Concat(made, more) {
		notes = append(notes, n.Note)
	}
	kept, err = verify.KeptCheckpoints(notes)
	require.NoError(t, err)
	var out lines
	require.NoError(t, fx.Export(t.Context(), &out))
	return fx, out.all, kept
}

func TestUnchangedExportVerifies(t *testing.T) {
	_, all, kept := newExport(t)
	require.Len(t, all, 7+4+2, "events, leaves and checkpoints")
	for name, trust := range map[string]verify.Trust{
		"trusting nothing":      {},
		"with kept checkpoints": {Kept: kept},
		"with a key":            {Keys: []string{auditKey(t, "alice").Public}},
	} {
		t.Run(name, func(t *testing.T) {
			findings, counts := checkLines(t, trust, all...)
			require.Empty(t, findings)
			require.Equal(t, verify.Counts{Procedures: 1, Runs: 2, Events: 7, Checkpoints: 2}, counts)
		})
	}
}

func TestExportIsComparedWithTrustedCheckpointsAndKeys(t *testing.T) {
	_, all, kept := newExport(t)
	findings, _ := checkLines(t, verify.Trust{Keys: []string{auditKey(t, "bob").Public}}, all...)
	require.Equal(t, []string{"checkpoint 2: the latest checkpoint is not signed by a trusted key"}, findings)
	events := slices.DeleteFunc(all, func(line string) bool { return strings.Contains(line, "checkpoint") })
	findings, _ = checkLines(t, verify.Trust{Kept: kept}, events...)
	require.Equal(t, []string{
		"the kept checkpoint of 5 leaves is missing", "the kept checkpoint of 7 leaves is missing",
	}, withoutOrigin(findings))
}

// withoutOrigin returns findings about a log without its name, which is random.
func withoutOrigin(findings []string) (all []string) {
	for _, f := range findings {
		_, problem, _ := strings.Cut(f, ": ")
		all = append(all, problem)
	}
	return all
}

func TestExportReturnsTheErrorOfTheExporter(t *testing.T) {
	fx, _, _ := newExport(t)
	require.ErrorIs(t, fx.Export(t.Context(), &lines{err: errBoom}), errBoom)
}

func TestReadLineRejectsOtherText(t *testing.T) {
	for _, text := range []string{``, `{}`, `[]`, `{"checkpoint":"x"}`, `{"id":"r/1","seq":1}`} {
		t.Run(text, func(t *testing.T) {
			_, err := audit.ReadLine([]byte(text))
			require.ErrorIs(t, err, audit.ErrLine)
		})
	}
}

func TestMissingLineYieldsAFinding(t *testing.T) {
	_, all, kept := newExport(t)
	for i, line := range all {
		findings, _ := checkLines(t, verify.Trust{Kept: kept}, slices.Delete(slices.Clone(all), i, i+1)...)
		require.NotEmpty(t, findings, line)
	}
}

func TestChangedLineYieldsAFinding(t *testing.T) {
	_, all, kept := newExport(t)
	for name, change := range map[string]struct{ from, to string }{
		"actor":             {`"actor":"ann"`, `"actor":"eve"`},
		"payload":           {`"payload":{`, `"payload":{"x":1,`},
		"time":              {`.0`, `.1`},
		"hash":              {`"hash":"`, `"hash":"0`},
		"canonical bytes":   {`"canonical":"{`, `"canonical":"{ `},
		"checkpoint number": {`"checkpoint":1`, `"checkpoint":7`},
		"note":              {`"note":"`, `"note":"x`},
		"header":            {`"header":"checkpoint `, `"header":"checkpoint 1`},
		"leaf index":        {`"index":0`, `"index":9`},
	} {
		t.Run(name, func(t *testing.T) {
			for i, line := range all {
				changed := strings.Replace(line, change.from, change.to, 1)
				if _, err := audit.ReadLine([]byte(changed)); err != nil || changed == line {
					continue // the changed line cannot be read, or the change does not apply to this line
				}
				lines := slices.Clone(all)
				lines[i] = changed
				findings, _ := checkLines(t, verify.Trust{Kept: kept}, lines...)
				require.NotEmpty(t, findings, changed)
			}
		})
	}
}

// A leaf may also follow its event directly.
func TestALeafAfterItsEventIsComparedWithIt(t *testing.T) {
	_, all, kept := newExport(t)
	var lines []string
	covering := map[string]string{} // leaves by the event that they cover
	for _, text := range all {
		line, err := audit.ReadLine([]byte(text))
		require.NoError(t, err)
		if l := line.Leaf; l != nil {
			covering[l.Hash] = text
			continue
		}
		if lines = append(lines, text); line.Event != nil && covering[line.Event.Hash] != "" {
			lines = append(lines, covering[line.Event.Hash])
		}
	}
	require.Len(t, lines, len(all))
	findings, _ := checkLines(t, verify.Trust{Kept: kept}, lines...)
	require.Empty(t, findings)
	for i, text := range lines {
		if hash := strings.Index(text, `"hash":"`) + len(`"hash":"`); strings.Contains(text, `"index":`) {
			changed := slices.Clone(lines)
			changed[i] = text[:hash] + strings.Repeat("0", 64) + text[hash+64:]
			findings, _ := checkLines(t, verify.Trust{}, changed...)
			require.Regexp(t, "event [124]: it is not the event that checkpoint [12] covers", findings[0])
		}
	}
}

// exportedEvents returns the events of an export without its checkpoints: one of the procedure, two of the first run
// and four of the second run.
func exportedEvents(t *testing.T) (all, first, second []string) {
	t.Helper()
	_, all, _ = newExport(t)
	all = slices.DeleteFunc(all, func(line string) bool { return strings.Contains(line, `"checkpoint"`) })
	return all, all[1:3], all[3:]
}

func TestEventsOfDifferentEntitiesMayAlternate(t *testing.T) {
	all, first, second := exportedEvents(t)
	procedure := all[:1]
	findings, counts := checkLines(
		t, verify.Trust{},
		slices.Concat(procedure, first[:1], second[:2], procedure, first[1:], second[2:])...,
	)
	require.Empty(t, findings)
	require.Equal(t, 8, counts.Events)
}

func TestAnExportCountsTheEventsThatNoCheckpointCovers(t *testing.T) {
	events, _, _ := exportedEvents(t)
	_, counts := checkLines(t, verify.Trust{}, events...)
	require.Equal(t, 7, counts.Unsigned, "without checkpoints")

	fx, _, _ := newExport(t)
	third := fx.startRun() // two events
	for _, value := range []string{`"x"`, `"y"`} {
		_, err := fx.Execute(t.Context(), ann, third, draft(value)) // the first draft makes two
		require.NoError(t, err)
	}
	var out lines
	require.NoError(t, fx.Export(t.Context(), &out))
	findings, counts := checkLines(t, verify.Trust{}, out.all...)
	require.Empty(t, findings)
	require.Equal(t, 5, counts.Unsigned, "with checkpoints, which were made before the last run")
}

// A kept head of the log need not be that of a stored checkpoint: the log has it if it has grown from it.
func TestKeptHeadsBetweenCheckpointsAreFound(t *testing.T) {
	_, all, _ := newExport(t)
	var first audit.Checkpoint
	heads := map[int64]audit.Leaf{}
	for _, text := range all {
		line, err := audit.ReadLine([]byte(text))
		require.NoError(t, err)
		if l := line.Leaf; l != nil && l.Number == 1 {
			heads[l.Index] = l.Leaf
		}
		if line.Note != nil && line.Note.Number == 1 {
			first, err = line.Note.Open()
			require.NoError(t, err)
		}
	}
	leaves := []audit.Leaf{heads[0], heads[1], heads[2]}
	log := audit.NewLog(0, nil)
	for text := range first.LogLeaves(audit.Checkpoint{}, leaves) {
		if log.Append(text); log.Size() == 4 {
			break
		}
	}
	for changed, want := range [][]string{nil, {"the kept checkpoint of 4 leaves is missing"}} {
		head := audit.LogHead{Origin: first.Log.Origin, Size: 4, Root: log.Root()}
		head.Root[0] ^= byte(changed)
		note, err := audit.Checkpoint{Log: head}.Sign([]audit.Key{auditKey(t, "alice")})
		require.NoError(t, err)
		kept, err := verify.KeptCheckpoints([]string{note})
		require.NoError(t, err)
		findings, _ := checkLines(t, verify.Trust{Kept: kept}, all...)
		require.Equal(t, want, withoutOrigin(findings))
	}
}

// In an export, the checkpoints come after all events. What no leaf covers follows the latest of them.
func TestTimesOfAnExportAreComparedWithItsCheckpoints(t *testing.T) {
	_, all, _ := newExport(t)
	for ago, want := range map[time.Duration]string{
		0:                     "",
		time.Hour:             "^warning: run x event 1: its time is .* before that of the checkpoint that it follows$",
		9000 * 24 * time.Hour: "^run x event 1: its time is .* before that of the checkpoint that it follows$",
	} {
		at := time.Now().UTC().Truncate(time.Microsecond).Add(-ago)
		e, err := audit.Seal(audit.Run("x"), audit.Head{}, audit.Entry{
			Action: "step.opened", Actor: "a", OccurredAt: at, Payload: []byte("{}"),
		})
		require.NoError(t, err)
		data, err := json.Marshal(audit.Line{Event: &e})
		require.NoError(t, err)
		for _, place := range []int{0, len(all) - 2} { // before all others, and before the checkpoints
			findings, _ := checkLines(t, verify.Trust{}, slices.Insert(slices.Clone(all), place, string(data))...)
			if want == "" {
				require.Empty(t, findings)
				continue
			}
			require.Len(t, findings, 1)
			require.Regexp(t, want, findings[0])
		}
	}
}

// FuzzLine checks that reading and checking a line never panics.
func FuzzLine(f *testing.F) {
	_, all, _ := newExport(f)
	for _, line := range all {
		f.Add(line)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if line, err := audit.ReadLine([]byte(text)); err == nil {
			check := verify.NewExportCheck(verify.Trust{}, func(audit.Finding) {})
			check.Line(line, audit.Checked{})
			check.End()
		}
	})
}

// The hash says nothing about the form of the payload. If the payload beside it has the same bytes, only a comparison
// with the RFC 8785 form shows that it has another one.
func TestAPayloadThatIsNotInRFC8785FormYieldsAFinding(t *testing.T) {
	for payload, valid := range map[string]bool{
		`{"a":1,"b":2}`: true, `{"b":2,"a":1}`: false, `{"a":1.0}`: false, `{"a": 1}`: false, `{"a":"\u0061"}`: false,
	} {
		for _, version := range []string{"1", "2"} {
			findings, _ := checkLines(t, verify.Trust{}, sealedLine(t, payload, version))
			require.Equal(t, valid, len(findings) == 0, "%s in version %s: %v", payload, version, findings)
			said := slices.DeleteFunc(findings, func(f string) bool { return f != "run r event 1: the payload is not RFC 8785 JSON" })
			require.Equal(t, valid, len(said) == 0)
			require.LessOrEqual(t, len(said), 1, "it is said once")
		}
	}
}

// sealedLine returns the line of a first event with any text as its payload, in a version of the hashed form.
func sealedLine(t *testing.T, payload, version string) string {
	t.Helper()
	sealed, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
		Action: "step.opened", Actor: "ann", Payload: []byte("{}"),
	})
	require.NoError(t, err)
	sealed.Canonical = strings.Replace(sealed.Canonical, `"payload":{}`, `"payload":`+payload, 1)
	sealed.Canonical = strings.Replace(sealed.Canonical, `"v":2`, `"v":`+version, 1)
	sum := sha256.Sum256(append(make([]byte, sha256.Size), sealed.Canonical...))
	sealed.Hash = hex.EncodeToString(sum[:])
	data, err := json.Marshal(sealed)
	require.NoError(t, err)
	return string(data)
}
