package tamper

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

const typed = `{"id":"typed","name":"Typed","description":"All types.","metadata":{"a":1},"steps":[
	{"key":"s","title":"S","slots":[
		{"name":"text","type":"string"},{"name":"num","type":"number"},{"name":"flag","type":"boolean"},{"name":"day","type":"date"},{"name":"moment","type":"datetime"},
		{"name":"picks","type":"multi_enum","options":["a","b"]},{"name":"pin","type":"string","sensitive":true},{"name":"puk","type":"string","sensitive":true}],
		"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J","required":false}]},
	{"key":"t","title":"T"}]}`

func say(step string, pairs ...string) run.Submission {
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

// life is what the service did to a database.
type life struct {
	*victim
	service *app.Service
	key     audit.Key
	kept    map[int64]audit.Checkpoint
	runs    map[string]string
}

// live does something of every kind, with checkpoints in between, and something after the last one.
func (v *victim) live() *life {
	v.Helper()
	branches, err := os.ReadFile("../../core/run/testdata/branches.json")
	require.NoError(v, err)
	l := &life{victim: v, service: v.service(), key: key(v.T, "k"), kept: map[int64]audit.Checkpoint{}, runs: map[string]string{}}
	l.save(typed)
	l.save(string(branches))
	l.begin("all", "typed")
	full := tick(say("s", "text", `"x"`, "num", "1.50", "flag", "true", "day", `"2026-11-23"`, "moment", `"2026-11-23T10:00:00+01:00"`, "picks", `["b","a"]`,
		"pin", `"1234"`, "puk", `"5678"`), "i")
	l.do("all", run.Draft{Submission: full})
	l.do("all", run.Commit{Submission: full})
	l.refused("all", run.Commit{Submission: say("s", "text", `"late"`)})
	l.checkpoint()
	l.do("all", run.Amend{Submission: say("s", "num", "2", "text", `"y"`), Reason: "typo"})
	l.do("all", run.Fail{Reason: "enough"})
	l.do("all", run.Erase{Step: "s", Slot: "puk", Reason: "asked"})
	l.begin("back", "branches")
	l.do("back", run.Commit{Submission: tick(say("triage", "severity", `"low"`), "seen")})
	l.do("back", run.Commit{Submission: say("repair", "hours", "2", "count", "1")})
	l.do("back", run.Commit{Submission: say("check", "ok", "false")})
	l.do("back", run.Skip{Step: "repair", Reason: "no part"})
	l.checkpoint()
	l.begin("fresh", "typed")
	l.save(`{"id":"typed","name":"Typed again","steps":[{"key":"only","title":"Only","slots":[{"name":"a","type":"string"}]}]}`)
	l.begin("newer", "typed")
	l.do("newer", run.Commit{Submission: say("only", "a", `"1"`)})
	return l
}

func (l *life) save(text string) {
	l.Helper()
	doc, err := jsondoc.Parse([]byte(text))
	require.NoError(l, err)
	_, err = l.service.SaveDefinition(l.Context(), app.Request{Actor: "ann"}, doc)
	require.NoError(l, err)
}

func (l *life) begin(name, procedure string) {
	l.Helper()
	metadata, err := jsondoc.Parse([]byte(`{"k":"v"}`))
	require.NoError(l, err)
	started, err := l.service.StartRun(l.Context(), app.Request{Actor: "ann"}, app.StartInput{ProcedureID: procedure, UserID: "u", Reference: name, Metadata: metadata})
	require.NoError(l, err)
	l.runs[name] = started.ID
}

func (l *life) do(name string, c run.Command) {
	l.Helper()
	_, err := l.service.Execute(l.Context(), app.Request{Actor: "ann", ID: "req"}, l.runs[name], c)
	require.NoError(l, err)
}

func (l *life) refused(name string, c run.Command) {
	l.Helper()
	_, err := l.service.Execute(l.Context(), app.Request{Actor: "eve"}, l.runs[name], c)
	require.Error(l, err)
}

func (l *life) checkpoint() {
	l.Helper()
	made, err := l.service.MakeCheckpoints(l.Context(), []audit.Key{l.key})
	require.NoError(l, err)
	require.NotEmpty(l, made)
	for _, n := range made {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(l, err)
		l.kept[n.Number] = c
	}
}

func (l *life) trust() verify.Trust { return verify.Trust{Kept: l.kept, Keys: []string{l.key.Public}} }

// key is one that is made of the same byte over and over.
func key(t *testing.T, letter string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(letter, 32)), "test-"+letter)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}
