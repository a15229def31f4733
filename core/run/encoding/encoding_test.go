package encoding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

func newVersion(t *testing.T) *procedure.Version {
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

// encodedFact is a fact with its expected payload, which has been the same since the first release.
type encodedFact struct {
	fact    run.Fact
	payload string
}

// encodedFacts returns one fact for each action.
func encodedFacts(v *procedure.Version) map[run.Action]encodedFact {
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
	const ticks = `"checklist":[{"completed":true,"key":"i"}],`
	const slots = `"origins":{"x":"agent"},"slots":{"b":null,"x":"t"},"step":"a","visit":1`
	return map[run.Action]encodedFact{
		run.ActionCreated: {
			run.Created{RunID: "r", Version: v, UserID: "u", Reference: "f"},
			`{"conditions":2,"digest":"` + v.Digest +
				`","procedure_id":"p","procedure_version":1,"reference":"f","user_id":"u"}`,
		},
		run.ActionStarted: {run.Started{}, `{}`},
		run.ActionOpened: {
			run.Opened{Step: 1, Visit: 2, Conditions: conditions},
			`{` + decisions + `,"step":"b","visit":2}`,
		},
		run.ActionDraftSaved: {run.DraftSaved{Content: content}, `{` + ticks + slots + `}`},
		run.ActionCommitted: {
			run.StepCommitted{Content: committed, Conditions: conditions},
			`{` + ticks + decisions + `,"not_applicable":["slots.m"],` + slots + `}`,
		},
		run.ActionAmended: {
			run.Amended{Content: content, Reason: "r"},
			`{` + ticks + `"origins":{"x":"agent"},"reason":"r","slots":{"b":null,"x":"t"},"step":"a","visit":1}`,
		},
		run.ActionSkipped: {run.StepSkipped{Step: 0, Visit: 1, Reason: "r"}, `{"reason":"r","step":"a","visit":1}`},
		run.ActionNotApplicable: {
			run.StepNotApplicable{Step: 1, Transition: "/t", Conditions: conditions},
			`{` + decisions + `,"step":"b","transition":"/t"}`,
		},
		run.ActionCompleted: {run.RunCompleted{Conditions: conditions}, `{` + decisions + `}`},
		run.ActionFailed:    {run.RunFailed{Reason: "r"}, `{"reason":"r"}`},
		run.ActionValueErased: {
			run.ValueErased{Step: 0, Visit: 1, Slot: 1, Reason: "r"},
			`{"reason":"r","slot":"pin","step":"a","visit":1}`,
		},
		run.ActionRevealed: {
			run.SlotRevealed{Step: 0, Visit: 1, Slot: 1, Reason: "r"},
			`{"reason":"r","slot":"pin","step":"a","visit":1}`,
		},
		run.ActionContentErased: {
			run.ContentErased{
				Targets: []run.ErasedTarget{
					{Text: run.ErasedReference}, {Text: run.ErasedSkipReason, Step: 1, Visit: 2}, {Step: 0, Visit: 1, Slot: 1},
				},
				Places: []commitment.Place{{Seq: 1, Pointer: "/reference"}}, Reason: "r",
			},
			`{"erased":[{"text":"reference"},{"step":"b","text":"skip_reason","visit":2},{"slot":"pin","step":"a","visit":1}],` +
				`"places":[{"place":"/reference","seq":1}],"reason":"r"}`,
		},
		run.ActionRefused: {
			run.Refused{Command: "skip", Step: "a", Code: "c", Omitted: 1, Input: "{}", Unrecorded: 2},
			`{"code":"c","command":"skip","input":"{}","issues_omitted":1,"step":"a","unrecorded":2}`,
		},
		run.ActionDraftRefused:  {run.Refused{Command: "draft"}, `{"command":"draft"}`},
		run.ActionCommitRefused: {run.Refused{Command: "commit"}, `{"command":"commit"}`},
	}
}

func TestPayloadsHaveNotChangedAndCanBeDecoded(t *testing.T) {
	v := newVersion(t)
	for action, c := range encodedFacts(v) {
		t.Run(string(action), func(t *testing.T) {
			require.Equal(t, action, c.fact.Action())
			payload := runtest.Payload(t, v, c.fact)
			require.Equal(t, c.payload, string(payload))
			fact, err := encoding.Unmarshal(v, "r", string(action), audit.Opened{Payload: payload})
			require.NoError(t, err)
			require.Equal(t, c.payload, string(runtest.Payload(t, v, fact)))
		})
	}
}

func TestUnmarshalIgnoresUnknownMembers(t *testing.T) {
	payload := []byte(`{"reason":"r","request_id":"q","step":"none"}`)
	fact, err := encoding.Unmarshal(newVersion(t), "r", string(run.ActionFailed), audit.Opened{Payload: payload})
	require.NoError(t, err)
	require.Equal(t, run.RunFailed{Reason: "r"}, fact)
}

func TestUnmarshalRejectsPayloadsThatDoNotFitActionOrProcedure(t *testing.T) {
	v := newVersion(t)
	for action, payloads := range map[run.Action][]string{
		run.ActionCreated: {`{}`, `{"procedure_id":"p","procedure_version":2}`, `[]`},
		run.ActionOpened:  {`{"step":"unknown"}`, `{}`},
		run.ActionDraftSaved: {
			`{"step":"a","slots":{"unknown":"x"}}`,
			`{"step":"a","checklist":[{"key":"unknown"}]}`,
			`{"step":"a","slots":{"x":1}}`,
			`{"step":"a","slots":{"x":{"salt":"","digest":""}}}`,
			`{"step":"a","slots":{"pin":"1e3"}}`,
			`{"step":"a","slots":{"m":"o"}}`,
			`{"step":"a","slots":{"m":[1]}}`,
			`{"step":"a","slots":{"b":"true"}}`,
			`{"step":"a","not_applicable":["slots.unknown"]}`,
			`{"step":"a","not_applicable":["i"]}`,
		},
		run.ActionValueErased: {`{"step":"a","slot":"unknown"}`},
		run.ActionRevealed:    {`{"step":"a","slot":"unknown"}`, `{"step":"unknown","slot":"x"}`},
		run.ActionContentErased: {
			`{"erased":[{"step":"a","slot":"unknown"}]}`, `{"erased":[{"step":"unknown","slot":"x"}]}`,
			`{"erased":[{"text":"skip_reason","step":"unknown"}]}`,
		},
		"step.unknown": {`{"step":"a"}`},
		"":             {`{}`},
	} {
		t.Run(string(action), func(t *testing.T) {
			for _, p := range payloads {
				_, err := encoding.Unmarshal(v, "r", string(action), audit.Opened{Payload: []byte(p)})
				require.ErrorIs(t, err, encoding.ErrPayload, p)
			}
		})
	}
}

func TestMarshalRejectsAMissingFact(t *testing.T) {
	_, err := encoding.Marshal(newVersion(t), nil, nil)
	require.Error(t, err)
}
