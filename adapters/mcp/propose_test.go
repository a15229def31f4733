package mcp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

const digits = "12345678901234567890.10"

// Over each transport, in each revision, and whether or not the client can show an address: the assistant prepares the
// step, and the person commits it.
func TestAnAssistantProposesAndAPersonConfirms(t *testing.T) {
	for _, transport := range []string{overHTTP, overMemory} {
		for _, revision := range revisions {
			for _, elicits := range []bool{false, true} {
				t.Run(fmt.Sprint(transport, " ", revision, " elicits ", elicits), func(t *testing.T) {
					asked := 0
					var options *sdk.ClientOptions
					if elicits {
						options = &sdk.ClientOptions{
							Capabilities: &sdk.ClientCapabilities{Elicitation: &sdk.ElicitationCapabilities{URL: &sdk.URLElicitationCapabilities{}}},
							ElicitationHandler: func(_ context.Context, r *sdk.ElicitRequest) (*sdk.ElicitResult, error) {
								asked++
								require.Contains(t, r.Params.URL, "/ui/runs/")
								return &sdk.ElicitResult{Action: "accept"}, nil
							},
						}
					}
					f := newFixture(t, mcp.Propose)
					robot := f.connect(transport, revision, options)
					f.propose(robot)
					// Without sessions, an earlier revision has no way to ask.
					require.Equal(t, elicits && (transport == overMemory || revision == revisions[0]), asked > 0)
				})
			}
		}
	}
}

// A person may leave the dialogue open for as long as they like: the assistant has its answer, and is not told to wait.
func TestTheAnswerDoesNotWaitForThePerson(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	asked, answers, answered := make(chan struct{}, 2), make(chan struct{}), make(chan error, 2)
	robot := f.connect(overMemory, revisions[1], &sdk.ClientOptions{
		Capabilities: &sdk.ClientCapabilities{Elicitation: &sdk.ElicitationCapabilities{URL: &sdk.URLElicitationCapabilities{}}},
		ElicitationHandler: func(ctx context.Context, _ *sdk.ElicitRequest) (*sdk.ElicitResult, error) {
			asked <- struct{}{}
			<-answers
			answered <- ctx.Err()
			return &sdk.ElicitResult{Action: "accept"}, nil
		},
	})
	run := f.start()
	before := time.Now()
	requested := f.do(robot, "request_commit", `{"run_id":"`+run.ID+`","step":"prepare","revision":1,`+
		`"slots":{"amount":1,"urgent":false},"checklist":[{"key":"seen","completed":true}]}`)
	require.Less(t, time.Since(before), 30*time.Second, "clients give up after a minute")
	require.Equal(t, true, requested["requested"])
	require.Contains(t, requested["message"], f.address+"/ui/runs/"+run.ID)
	<-asked
	actions := f.actions(run.ID)
	close(answers)
	require.NoError(t, <-answered, "the dialogue was closed before the person answered")
	require.Equal(t, "open", f.do(robot, "get_run", `{"run_id":"`+run.ID+`"}`)["steps"].([]any)[0].(object)["state"])
	require.Equal(t, actions, f.actions(run.ID))
}

// propose prepares the first step of a run and asks for its commit, which a person then makes.
func (f *fixture) propose(robot *sdk.ClientSession) {
	t := f.t
	started := f.do(robot, "start_run", `{"procedure_id":"release","reference":"R-1"}`)
	id := started["run"].(object)["id"].(string)
	next := started["next"].(object)
	require.Equal(t, []any{"pin"}, next["by_person"])
	require.Equal(t, object{"by": "person", "at": f.address + "/ui/runs/" + id}, next["confirm"])

	step := `{"run_id":"` + id + `","step":"prepare"`
	on := step + `,"revision":1`
	checked := f.do(robot, "check_step", step+`,"slots":{"urgent":true}}`)
	require.Equal(t, false, checked["committable"])
	require.Contains(t, checked["missing"], "slots.why")
	require.Len(t, f.actions(id), 2, "a check stores nothing")

	p, text := f.refused(robot, "request_commit", on+`,"slots":{"amount":`+digits+`}}`)
	require.Equal(t, "assistant.not_committable", p["code"])
	require.Contains(t, text, "checklist.seen")
	require.Len(t, f.actions(id), 2, "what cannot be committed is not saved")

	asked := f.do(robot, "request_commit", on+`,"slots":{"amount":`+digits+`,"urgent":false},"checklist":[{"key":"seen","completed":true}]}`)
	require.Equal(t, true, asked["requested"])
	require.Equal(t, []any{"pin"}, asked["by_person"])
	require.Contains(t, asked["message"], f.address+"/ui/runs/"+id)

	run := f.read(id)
	require.EqualValues(t, "open", run.Steps[0].State)
	require.Equal(t, digits, string(run.Steps[0].Slots["amount"]))
	require.EqualValues(t, "agent", run.Steps[0].Origins["amount"])

	run, err := f.person.Commit(t.Context(), id, "prepare", run.Tag, client.StepCommit{Slots: client.Values{"pin": json.RawMessage(`"1234"`)}})
	require.NoError(t, err)
	require.EqualValues(t, "agent", run.Steps[0].Origins["amount"], "a confirmed value stays the assistant's")
	require.EqualValues(t, "manual", originOf(run.Steps[0].Origins, "pin"))

	read := f.do(robot, "get_run", `{"run_id":"`+id+`"}`)
	require.Equal(t, "optional", read["next"].(object)["step"])
	first := read["steps"].([]any)[0].(object)
	require.Equal(t, digits, first["slots"].(object)["amount"], "as a string, so that no client loses digits")
	require.Nil(t, first["slots"].(object)["pin"])
	require.Equal(t, []any{"pin"}, first["sensitive"])
	require.Equal(t, "claire", first["committed_by"])
}

func originOf(origins client.Origins, slot string) client.Origin {
	if o := origins[slot]; o != "" {
		return o
	}
	return "manual"
}

// decisive are the actions that an assistant must not cause while it only proposes.
var decisive = []string{
	"step.committed", "step.skipped", "step.amended", "step.commit_refused", "run.failed", "run.completed", "slot.revealed",
	"run.content_erased", "step.value_erased",
}

func TestNoSequenceOfCallsDecidesAnything(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot := f.robot()
	rapid.Check(t, func(t *rapid.T) {
		id := f.start().ID
		sent := 0
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			tool := rapid.SampledFrom(slices.Concat(proposing, acting, []string{"reveal_slot", "erase"})).Draw(t, "tool")
			r, err := robot.CallTool(f.t.Context(), &sdk.CallToolParams{
				Name: tool, Arguments: json.RawMessage(randomArguments(id).Draw(t, "arguments")),
			})
			if slices.Contains(proposing, tool) {
				require.NoError(t, err)
				text, marshalErr := json.Marshal(r)
				require.NoError(t, marshalErr)
				require.NotContains(t, string(text), secret)
			} else {
				require.ErrorContains(t, err, "unknown tool")
			}
			sent++
		}
		require.Positive(t, sent)
		for e, err := range f.person.Events(f.t.Context(), id) {
			require.NoError(t, err)
			require.NotContains(t, decisive, e.Action)
			payload, err := json.Marshal(e.Payload)
			require.NoError(t, err)
			require.NotContains(t, string(payload), secret)
		}
		run := f.read(id)
		require.Contains(t, []client.RunState{"pending", "in_progress"}, run.State)
		for slot, origin := range run.Steps[0].Origins {
			require.EqualValues(t, "agent", origin, slot)
		}
		require.NotContains(t, run.Steps[0].Sensitive, "pin")
	})
}

// secret is a value for the sensitive slot. It must not be stored, recorded or answered.
const secret = "8642097531"

// randomArguments are arguments as an assistant might send them for a run, to any tool.
func randomArguments(run string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		slots := object{}
		for name, values := range map[string][]any{
			"amount": {1, "2.50", -1, nil, "x"}, "urgent": {true, false, nil}, "why": {"because", ""},
			"pin": {secret, nil}, "code": {"1-X."}, "kinds": {[]string{"a"}, "a"}, "nothing": {1}, "note": {"n"},
		} {
			if rapid.IntRange(0, 3).Draw(t, name) == 0 {
				slots[name] = rapid.SampledFrom(values).Draw(t, "value")
			}
		}
		all := object{
			"run_id": rapid.SampledFrom([]string{run, run, run, "other", "..", run + "/fail?x=", run + "#"}).Draw(t, "run"),
			"step":   rapid.SampledFrom([]string{"prepare", "prepare", "optional", "close", "nothing", "..", "../fail", "prepare/commit"}).Draw(t, "step"),
			"slots":  slots, "checklist": []object{{"key": "seen", "completed": rapid.Bool().Draw(t, "seen")}},
			"revision": rapid.IntRange(1, 3).Draw(t, "revision"), "visit": rapid.IntRange(1, 2).Draw(t, "visit"),
			"reason": "because", "origins": object{"amount": "manual"}, "confirmed": true, "procedure_id": "release",
		}
		for name := range all {
			if name != "run_id" && rapid.IntRange(0, 2).Draw(t, "drop "+name) == 0 ||
				(name == "origins" || name == "confirmed" || name == "reason" || name == "procedure_id") && rapid.IntRange(0, 9).Draw(t, "keep "+name) > 0 {
				delete(all, name)
			}
		}
		text, err := json.Marshal(all)
		if err != nil {
			panic(err)
		}
		return string(text)
	})
}

func TestASensitiveValueIsRefusedEvenIfItsSlotDoesNotApply(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot, run := f.robot(), f.start()
	revised := map[string]string{"save_draft": `,"revision":1`, "request_commit": `,"revision":1`}
	for _, tool := range []string{"check_step", "save_draft", "request_commit"} {
		p, text := f.refused(robot, tool, `{"run_id":"`+run.ID+`","step":"prepare"`+revised[tool]+`,"slots":{"amount":1,"pin":"`+secret+`"}}`)
		require.Equal(t, "assistant.sensitive", p["code"])
		require.Equal(t, "slots.pin", p["issues"].([]any)[0].(object)["field"])
		require.Contains(t, text, f.address+"/ui/runs/"+run.ID)
		require.NotContains(t, text, secret)
	}
	require.Len(t, f.actions(run.ID), 2)
	next := f.do(robot, "get_run", `{"run_id":"`+run.ID+`"}`)["next"].(object)
	require.NotContains(t, next["slots_schema"].(object)["properties"], "pin")
}

func TestDigitsAreKeptHoweverTheyAreSent(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	for _, sent := range []string{digits, `"` + digits + `"`} {
		run := f.start()
		_, answer := f.rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"save_draft","arguments":` +
			`{"run_id":"` + run.ID + `","step":"prepare","revision":1,"slots":{"amount":` + sent + `}}}}`)
		require.Contains(t, answer, `"draft":{"amount":"`+digits+`"}`)
		require.Equal(t, digits, string(f.read(run.ID).Steps[0].Slots["amount"]))
		events := 0
		for e, err := range f.person.Events(t.Context(), run.ID) {
			require.NoError(t, err)
			if text, _ := json.Marshal(e); strings.Contains(string(text), digits) {
				events++
			}
		}
		require.Equal(t, 1, events)
	}
}
