package encoding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

func version(t *testing.T) *procedure.Version {
	t.Helper()
	return runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","slots":[
			{"name":"x","type":"string","required":false},
			{"name":"pin","type":"number","sensitive":true,"required":false},
			{"name":"m","type":"multi_enum","options":["o"],"required":false},
			{"name":"b","type":"boolean","required":false}],
		 "checklist_items":[{"key":"i","label":"I"}]},
		{"key":"b","title":"B"}]}`), cel.Language{})
}

// facts returns a fact of each kind, by its action, with the payload that it has had since the first release.
func facts(v *procedure.Version) map[run.Action]struct {
	fact    run.Fact
	payload string
} {
	content := run.Content{
		Step: 0, Visit: 1,
		Slots: []run.Entry{
			{Slot: 0, SlotValue: run.SlotValue{Value: slot.TextValue("t"), Origin: slot.Agent}},
			{Slot: 3, SlotValue: run.SlotValue{}},
		},
		Ticks: []checklist.Tick{{Key: "i", Completed: true}},
	}
	committed := content
	committed.InapplicableSlots = []int{2}
	conditions := []run.ConditionResult{{Condition: "/steps/0/when", Expression: "true", Result: true}}
	const decisions = `"decisions":[{"condition":"/steps/0/when","expression":"true","result":true}]`
	const entered = `"checklist":[{"completed":true,"key":"i"}],`
	const slots = `"origins":{"x":"agent"},"slots":{"b":null,"x":"t"},"step":"a","visit":1`
	return map[run.Action]struct {
		fact    run.Fact
		payload string
	}{
		run.ActionCreated: {
			run.Created{RunID: "r", Version: v, UserID: "u", Reference: "f"},
			`{"digest":"` + v.Digest + `","procedure_id":"p","procedure_version":1,"reference":"f","user_id":"u"}`,
		},
		run.ActionStarted:    {run.Started{}, `{}`},
		run.ActionOpened:     {run.Opened{Step: 1, Visit: 2, Conditions: conditions}, `{` + decisions + `,"step":"b","visit":2}`},
		run.ActionDraftSaved: {run.DraftSaved{Content: content}, `{` + entered + slots + `}`},
		run.ActionCommitted: {
			run.StepCommitted{Content: committed, Conditions: conditions},
			`{` + entered + decisions + `,"not_applicable":["slots.m"],` + slots + `}`,
		},
		run.ActionAmended: {
			run.Amended{Content: content, Reason: "r"}, `{` + entered + `"origins":{"x":"agent"},"reason":"r",` +
				`"slots":{"b":null,"x":"t"},"step":"a","visit":1}`,
		},
		run.ActionSkipped: {run.StepSkipped{Step: 0, Visit: 1, Reason: "r"}, `{"reason":"r","step":"a","visit":1}`},
		run.ActionNotApplicable: {
			run.StepNotApplicable{Step: 1, Transition: "/t", Conditions: conditions}, `{` + decisions + `,"step":"b","transition":"/t"}`,
		},
		run.ActionCompleted:   {run.RunCompleted{Conditions: conditions}, `{` + decisions + `}`},
		run.ActionFailed:      {run.RunFailed{Reason: "r"}, `{"reason":"r"}`},
		run.ActionValueErased: {run.ValueErased{Step: 0, Visit: 1, Slot: 1, Reason: "r"}, `{"reason":"r","slot":"pin","step":"a","visit":1}`},
		run.ActionRefused: {
			run.Refused{Command: "skip", Step: "a", Code: "c", Omitted: 1, Input: "{}", Unrecorded: 2},
			`{"code":"c","command":"skip","input":"{}","issues_omitted":1,"step":"a","unrecorded":2}`,
		},
		run.ActionDraftRefused:  {run.Refused{Command: "draft"}, `{"command":"draft"}`},
		run.ActionCommitRefused: {run.Refused{Command: "commit"}, `{"command":"commit"}`},
	}
}

func TestEachFactHasItsPayloadAndIsReadBack(t *testing.T) {
	v := version(t)
	for action, c := range facts(v) {
		t.Run(string(action), func(t *testing.T) {
			require.Equal(t, action, c.fact.Action())
			data, err := encoding.Marshal(v, c.fact)
			require.NoError(t, err)
			event, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{Action: string(action), Payload: data})
			require.NoError(t, err)
			require.Equal(t, c.payload, string(event.Payload))
			got, err := encoding.Unmarshal(v, "r", string(action), event.Payload)
			require.NoError(t, err)
			data, err = encoding.Marshal(v, got)
			require.NoError(t, err)
			again, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{Action: string(action), Payload: data})
			require.NoError(t, err)
			require.Equal(t, event.Hash, again.Hash)
		})
	}
}

func TestAMemberOfAnotherEventIsIgnored(t *testing.T) {
	fact, err := encoding.Unmarshal(version(t), "r", string(run.ActionFailed), []byte(`{"reason":"r","request_id":"q","step":"none"}`))
	require.NoError(t, err)
	require.Equal(t, run.RunFailed{Reason: "r"}, fact)
}

func TestAPayloadThatDoesNotFitItsActionAndProcedureIsAnError(t *testing.T) {
	v := version(t)
	for action, payloads := range map[run.Action][]string{
		run.ActionCreated: {`{}`, `{"procedure_id":"p","procedure_version":2}`, `[]`},
		run.ActionOpened:  {`{"step":"nowhere"}`, `{}`},
		run.ActionDraftSaved: {
			`{"step":"a","slots":{"ghost":"x"}}`, `{"step":"a","checklist":[{"key":"ghost"}]}`,
			`{"step":"a","slots":{"x":1}}`, `{"step":"a","slots":{"x":{"salt":"","digest":""}}}`,
			`{"step":"a","slots":{"pin":"1e3"}}`, `{"step":"a","slots":{"m":"o"}}`,
			`{"step":"a","slots":{"m":[1]}}`, `{"step":"a","slots":{"b":"true"}}`,
			`{"step":"a","not_applicable":["slots.ghost"]}`, `{"step":"a","not_applicable":["i"]}`,
		},
		run.ActionValueErased: {`{"step":"a","slot":"ghost"}`},
		"step.levitated":      {`{"step":"a"}`},
		"":                    {`{}`},
	} {
		t.Run(string(action), func(t *testing.T) {
			for _, p := range payloads {
				_, err := encoding.Unmarshal(v, "r", string(action), []byte(p))
				require.ErrorIs(t, err, encoding.ErrPayload, p)
			}
		})
	}
}

func TestAnUnknownFactHasNoPayload(t *testing.T) {
	_, err := encoding.Marshal(version(t), nil)
	require.Error(t, err)
}
