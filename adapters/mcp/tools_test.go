package mcp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

// maxToolList limits what every conversation of an assistant begins with, in bytes.
const maxToolList = 12_000

// names of the tools of each mode.
var (
	proposing = []string{
		"check_step", "explain_run", "get_run", "list_procedures", "list_runs", "request_commit", "save_draft", "start_run",
	}
	acting = []string{
		"amend_step", "check_step", "commit_step", "explain_run", "fail_run", "get_run", "list_procedures", "list_runs",
		"save_draft", "skip_step", "start_run",
	}
)

// rpc sends a message to the tools as it is, and returns the answer.
func (f *fixture) rpc(message string, headers ...string) (status int, answer string) {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.address+"/mcp", strings.NewReader(message))
	require.NoError(f.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	require.NoError(f.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(f.t, err)
	return res.StatusCode, string(body)
}

func TestTheListOfToolsIsShortAndPlain(t *testing.T) {
	for mode, names := range map[mcp.Mode][]string{mcp.Propose: proposing, mcp.Act: acting} {
		f := newFixture(t, mode)
		titles := map[string]string{}
		for _, language := range []string{"en", "fr"} {
			status, answer := f.rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Accept-Language", language)
			require.Equal(t, http.StatusOK, status)
			require.LessOrEqual(t, len(answer), maxToolList, mode)
			require.NotContains(t, answer, "$ref")
			var list struct{ Result struct{ Tools []sdk.Tool } }
			require.NoError(t, json.Unmarshal([]byte(answer), &list))
			var listed []string
			for _, tool := range list.Result.Tools {
				listed = append(listed, tool.Name)
				require.NotEmpty(t, tool.Description, tool.Name)
				require.NotEqual(t, "assistant.tool."+tool.Name, tool.Title)
				require.NotEqual(t, titles[tool.Name], tool.Title, "the title of %s is not translated", tool.Name)
				titles[tool.Name] = tool.Title
				require.False(t, *tool.Annotations.OpenWorldHint)
				requireObjects(t, tool.Name, tool.InputSchema)
				requireObjects(t, tool.Name, tool.OutputSchema)
			}
			slices.Sort(listed)
			require.Equal(t, names, listed)
		}
	}
}

// requireObjects fails if a schema or a part of it is true or false: some clients refuse the whole list then.
func requireObjects(t *testing.T, where string, schema any) {
	t.Helper()
	s, ok := schema.(object)
	require.True(t, ok, "%s is no object: %v", where, schema)
	properties, _ := s["properties"].(object)
	for name, property := range properties {
		requireObjects(t, where+"/"+name, property)
	}
	if items, has := s["items"]; has {
		requireObjects(t, where+"/items", items)
	}
}

func TestAnUnlistedToolCannotBeCalled(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot := f.robot()
	for _, tool := range acting {
		if slices.Contains(proposing, tool) {
			continue
		}
		_, err := robot.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: object{}})
		require.ErrorContains(t, err, "unknown tool", tool)
	}
}

func TestArgumentsThatAreNotThoseOfTheToolAreRefused(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot, run := f.robot(), f.start()
	for arguments, want := range map[string]string{
		`{}`: "/run_id request.required",
		`{"run_id":"..","step":"prepare","revision":1}`:                                "/run_id request.value",
		`{"run_id":7,"step":"prepare","revision":1}`:                                   "/run_id request.type",
		`{"run_id":"RUN","step":"prepare","revision":1,"origins":{"amount":"manual"}}`: "/origins request.unknown_member",
		`{"run_id":"RUN","step":"prepare","revision":1,"slots":[]}`:                    "/slots request.type",
		`{"run_id":"RUN","step":"prepare","revision":1,"checklist":[{"key":"seen"}]}`:  "/checklist/0/completed request.required",
		`{"run_id":"RUN","step":"prepare","revision":1.5}`:                             "/revision request.type",
		`{"run_id":"RUN","step":"prepare","slots":{"amount":1},"revision":99999e99}`:   "/revision request.format",
	} {
		p, text := f.refused(robot, "save_draft", strings.ReplaceAll(arguments, "RUN", run.ID))
		require.Equal(t, "assistant.arguments", p["code"], arguments)
		issue := p["issues"].([]any)[0].(object)
		require.Equal(t, want, fmt.Sprint(issue["field"], " ", issue["code"]))
		require.Contains(t, text, issue["message"])
	}
	require.Len(t, f.actions(run.ID), 2)
}

// Null means the same as leaving an optional argument out, also to the key of a repeated call.
func TestAnOptionalArgumentMayBeNull(t *testing.T) {
	f := newFixture(t, mcp.Act)
	robot := f.robot()
	run := f.do(robot, "start_run", `{"procedure_id":"types","reference":null,"metadata":null,"procedure_version":null}`)
	again := f.do(robot, "start_run", `{"procedure_id":"types","user_id":null}`)
	require.Equal(t, run["run"].(object)["id"], again["run"].(object)["id"])
	require.Equal(t, true, again["repeated"])
	id := run["run"].(object)["id"].(string)
	f.do(robot, "list_runs", `{"procedure_id":null,"state":null,"cursor":null,"limit":null}`)
	f.do(robot, "check_step", `{"run_id":"`+id+`","step":"s","slots":null,"checklist":null,"visit":null,"revision":null}`)
	digitsKept := f.do(robot, "save_draft", `{"run_id":"`+id+`","step":"s","revision":1,"checklist":null,`+
		`"slots":{"number":12345678901234567890.10,"string":null,"text":"<&>"}}`)
	require.Equal(t, object{"number": digits, "text": "<&>"}, digitsKept["next"].(object)["draft"])
	for arguments, want := range map[string]string{
		`{"run_id":null,"step":"s","revision":1}`:               "/run_id request.type",
		`{"run_id":"` + id + `","step":"s","revision":null}`:    "/revision request.type",
		`{"run_id":"r","step":"s","revision":1,"nothing":null}`: "/nothing request.unknown_member",
	} {
		p, _ := f.refused(robot, "save_draft", arguments)
		issue := p["issues"].([]any)[0].(object)
		require.Equal(t, want, fmt.Sprint(issue["field"], " ", issue["code"]))
		require.IsType(t, object{}, issue["params"])
	}
}

// A check takes the revision that a write needs, and means the same by it.
func TestACheckIsRefusedIfTheRunHasChanged(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot, run := f.robot(), f.start()
	f.do(robot, "check_step", `{"run_id":"`+run.ID+`","step":"prepare","revision":1}`)
	_, err := f.person.Draft(t.Context(), run.ID, "prepare", client.StepDraft{Slots: values(t, `{"amount":2}`)})
	require.NoError(t, err)
	stale := `{"run_id":"` + run.ID + `","step":"prepare","revision":1,"slots":{"amount":3}}`
	p, text := f.refused(robot, "check_step", stale)
	written, textOfWrite := f.refused(robot, "save_draft", stale)
	require.Equal(t, written, p)
	require.Equal(t, textOfWrite, text)
}

// The list and its search are in the language of each definition, which it names, and the tool says so.
func TestProceduresAreListedInTheirOwnLanguage(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot := f.robot()
	for query, found := range map[string]int{"paiement": 1, "paiements instantanés": 1, "instant payment": 0} {
		items := f.do(robot, "list_procedures", `{"query":"`+query+`"}`)["items"].([]any)
		require.Len(t, items, found, query)
		if found > 0 {
			require.Equal(t, "fr", items[0].(object)["language"])
		}
	}
	list, err := robot.ListTools(t.Context(), nil)
	require.NoError(t, err)
	i := slices.IndexFunc(list.Tools, func(t *sdk.Tool) bool { return t.Name == "list_procedures" })
	require.Contains(t, list.Tools[i].Description, "in the language of the definition")
}

func TestRefusalsOfTheAPIAreResultsInTheLanguageOfTheCaller(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	run := f.start()
	message := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"save_draft","arguments":` +
		`{"run_id":"` + run.ID + `","step":"prepare","revision":1,"slots":{"amount":"-1","nothing":1}}}}`
	for language, detail := range map[string]string{"en": "Nothing was changed", "fr": "Rien n’a"} {
		status, answer := f.rpc(message, "Accept-Language", language)
		require.Equal(t, http.StatusOK, status)
		var got struct {
			Result struct {
				IsError           bool
				Content           []struct{ Text string }
				StructuredContent struct {
					Problem struct {
						Code, Detail string
						Status       int
						Issues       []struct{ Field, Code, Message string }
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		require.True(t, got.Result.IsError)
		p := got.Result.StructuredContent.Problem
		require.Equal(t, "values.invalid", p.Code)
		require.Equal(t, 422, p.Status)
		require.Len(t, p.Issues, 2)
		require.Contains(t, p.Detail, detail)
		for _, issue := range p.Issues {
			require.Contains(t, got.Result.Content[0].Text, "\n- "+issue.Field+": "+issue.Message+" ("+issue.Code+")")
		}
	}
}

func TestAServiceThatDoesNotAnswerIsARefusalWithoutItsCause(t *testing.T) {
	tools, err := mcp.New(mcp.Config{API: "http://127.0.0.1:1", Doer: failing{}, Mode: mcp.Propose})
	require.NoError(t, err)
	f := &fixture{t: t, tools: tools}
	p, text := f.refused(f.connect(overMemory, revisions[0], nil), "get_run", `{"run_id":"r"}`)
	require.Equal(t, "assistant.unreachable", p["code"])
	require.NotContains(t, text, "secret")
}

type failing struct{}

func (failing) Do(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("dial: secret") }
