package tamper

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// typed is a procedure with slots of various types.
const typed = `{"id":"typed","name":"Typed","description":"All types.","metadata":{"a":1},"steps":[
	{"key":"s","title":"S","slots":[
		{"name":"text","type":"string"},
		{"name":"num","type":"number"},
		{"name":"flag","type":"boolean"},
		{"name":"day","type":"date"},
		{"name":"moment","type":"datetime"},
		{"name":"picks","type":"multi_enum","options":["a","b"]},
		{"name":"pin","type":"string","sensitive":true},
		{"name":"puk","type":"string","sensitive":true}],
		"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J","required":false}],
		"rules":[{"key":"r","assert":"num > 0","message":"M","fields":["num"]}]},
	{"key":"t","title":"T"}]}`

// submission returns the input for a step. Each slot name is followed by its value in JSON.
func submission(step string, pairs ...string) run.Submission {
	all := run.Submission{Step: step, Slots: map[string][]byte{}}
	for i := 0; i < len(pairs); i += 2 {
		all.Slots[pairs[i]] = []byte(pairs[i+1])
	}
	return all
}

func tick(s run.Submission, keys ...string) run.Submission {
	for _, key := range keys {
		s.Ticks = append(s.Ticks, checklist.Tick{Key: key, Completed: true})
	}
	return s
}

// history is a database with runs and checkpoints.
type history struct {
	*target
	service *app.UseCases
	key     audit.Key
	notes   []string          // copies of all checkpoints
	runs    map[string]string // ids, by name
	erased  audit.Event       // the commit in the run "back", before a value of it was erased
}

// populate creates runs with many kinds of events. It makes two checkpoints in between and adds
// further events after the second one.
func (v *target) populate() *history {
	v.Helper()
	branches, err := os.ReadFile("../../core/run/testdata/branches.json")
	require.NoError(v, err)
	h := &history{
		target: v, service: v.newService(), key: key(v.T, "k"), runs: map[string]string{},
	}
	h.save(typed)
	h.checkpointOfEarlierRelease()
	h.save(string(branches))
	h.start("all", "typed")
	full := tick(submission("s", "text", `"x"`, "num", "1.50", "flag", "true", "day", `"2026-11-23"`,
		"moment", `"2026-11-23T10:00:00+01:00"`, "picks", `["b","a"]`, "pin", `"1234"`, "puk", `"5678"`), "i")
	h.execute("all", run.Draft{Submission: full})
	h.execute("all", run.Commit{Submission: full})
	h.executeRefused("all", run.Commit{Submission: submission("s", "text", `"late"`)})
	h.checkpoint()
	h.execute("all", run.Amend{Submission: submission("s", "num", "2", "text", `"y"`), Reason: "typo"})
	h.execute("all", run.Fail{Reason: "enough"})
	h.execute("all", run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "puk"}}, Reason: "asked",
	})
	h.start("back", "branches")
	h.execute("back", run.Commit{Submission: tick(submission("triage", "severity", `"low"`), "seen")})
	h.execute("back", run.Commit{Submission: submission("repair", "hours", "2", "count", "1")})
	h.execute("back", run.Commit{Submission: submission("check", "ok", "false")})
	h.execute("back", run.Skip{Step: "repair", Reason: "no part"})
	h.checkpoint()
	h.erased = h.events("back")[countSeq-1]
	h.execute("back", run.Erase{Places: []run.ErasePlace{{Step: "repair", Slot: "count"}}, Reason: "asked"})
	h.start("fresh", "typed")
	h.save(`{"id":"typed","name":"Typed again","steps":[
		{"key":"only","title":"Only","slots":[{"name":"a","type":"string"}]}]}`)
	require.NoError(h, h.storage().App.Checkpoints.Cosign(h.Context(), 3, "http://witness", "— w AAAAAAA=\n"))
	h.start("newer", "typed")
	h.execute("newer", run.Commit{Submission: submission("only", "a", `"1"`)})
	return h
}

// countSeq is the sequence number of the event in the run "back" from which a value is erased.
const countSeq = 7

// events returns the trail of a run.
func (h *history) events(name string) []audit.Event {
	h.Helper()
	all, err := h.newService().RunEvents(h.Context(), h.runs[name], 0, 1000)
	require.NoError(h, err)
	return all.Items
}

func (h *history) save(text string) {
	h.Helper()
	doc, err := jsondoc.Parse([]byte(text))
	require.NoError(h, err)
	_, err = h.service.SaveDefinition(h.Context(), app.Request{}, doc)
	require.NoError(h, err)
}

func (h *history) start(name, procedure string) {
	h.Helper()
	metadata, err := jsondoc.Parse([]byte(`{"k":"v"}`))
	require.NoError(h, err)
	started, err := h.service.StartRun(h.Context(), app.Request{}, app.StartInput{
		ProcedureID: procedure, UserID: "u", Reference: name, Metadata: metadata,
	})
	require.NoError(h, err)
	h.runs[name] = started.ID
}

func (h *history) execute(name string, c run.Command) {
	h.Helper()
	_, err := h.service.Execute(h.Context(), app.Request{ID: "req"}, h.runs[name], c)
	require.NoError(h, err)
}

func (h *history) executeRefused(name string, c run.Command) {
	h.Helper()
	_, err := apptest.As(h.service.Service, "eve").Execute(h.Context(), app.Request{}, h.runs[name], c)
	require.Error(h, err)
}

func (h *history) checkpoint() { h.checkpointBy(h.service.Service) }

// checkpointOfEarlierRelease makes a checkpoint that is not part of the log.
func (h *history) checkpointOfEarlierRelease() {
	ports := h.storage().App
	ports.Clock, ports.Random = system.Clock{}, system.Random{}
	ports.Checkpoints = apptest.EarlierCheckpoints{Checkpoints: ports.Checkpoints, Keys: []audit.Key{h.key}}
	h.checkpointBy(apptest.New(ports).Service)
}

func (h *history) checkpointBy(s *app.Service) {
	h.Helper()
	made, err := s.MakeCheckpoints(h.Context(), []audit.Key{h.key}, "")
	require.NoError(h, err)
	require.Len(h, made, 1)
	stored, err := h.storage().App.Checkpoints.Checkpoint(h.Context(), made[0].Number)
	require.NoError(h, err)
	h.notes = append(h.notes, stored.Note)
}

// kept returns the trust in copies of checkpoints that were kept: of all, or of those with the given numbers.
func (h *history) kept(numbers ...int) verify.Trust {
	h.Helper()
	notes := h.notes
	if len(numbers) > 0 {
		notes = nil
		for _, n := range numbers {
			notes = append(notes, h.notes[n-1])
		}
	}
	kept, err := verify.KeptCheckpoints(notes)
	require.NoError(h, err)
	return verify.Trust{Kept: kept}
}

func (h *history) trust() verify.Trust {
	return verify.Trust{Kept: h.kept().Kept, Keys: []string{h.key.Public}}
}

// subtest runs a subtest on the same database.
func (h *history) subtest(name string, test func(h *history)) {
	h.Helper()
	h.Run(name, func(t *testing.T) {
		db, sub := *h.target, *h
		db.T, sub.target = t, &db
		test(&sub)
	})
}

// onEveryDatabase runs a test on each kind of database, populated and unprotected. Afterwards it restores the database
// and requires verification to have no findings.
func onEveryDatabase(t *testing.T, test func(h *history)) {
	t.Helper()
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).populate()
			h.unprotect()
			test(h)
			h.restore(verifiedTables...)
			require.Empty(t, h.verify(h.trust()), "restored")
		})
	}
}

// key returns a signing key that is derived from a letter.
func key(t *testing.T, letter string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(letter, 32)), "test-"+letter)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}
