package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strconv"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/tests/issuer"
)

// revisions are those of the protocol that assistants speak: the current one, and the last with sessions.
var revisions = []string{"2026-07-28", "2025-11-25"}

// assistant is a client of the tools.
type assistant struct {
	t       *testing.T
	session *mcp.ClientSession
}

func newAssistant(t *testing.T, transport mcp.Transport, revision string) assistant {
	t.Helper()
	c := mcp.NewClient(&mcp.Implementation{Name: "tests", Version: "1"}, nil)
	session, err := c.Connect(t.Context(), transport, &mcp.ClientSessionOptions{ProtocolVersion: revision})
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() })
	return assistant{t, session}
}

// startedAssistant is an assistant that starts the command procedo mcp.
func startedAssistant(t *testing.T, server, revision string, environment ...string) assistant {
	t.Helper()
	command := exec.Command(binary, "mcp", "--server", server, "--actor", "robot")
	command.Env = append(command.Environ(), environment...)
	return newAssistant(t, &mcp.CommandTransport{Command: command}, revision)
}

// connectedAssistant is an assistant that reaches the server itself, with a token.
func connectedAssistant(t *testing.T, server, token, revision string) assistant {
	t.Helper()
	calls := &http.Client{Transport: withToken(token)}
	return newAssistant(t, &mcp.StreamableClientTransport{
		Endpoint: server + "/mcp", HTTPClient: calls, DisableStandaloneSSE: true, MaxRetries: -1,
	}, revision)
}

// withToken sends a token with each request.
type withToken string

func (token withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+string(token))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// do calls a tool, which must not refuse, and returns the run that it answers with.
func (a assistant) do(tool, arguments string) (id string, answer map[string]any) {
	a.t.Helper()
	r, err := a.session.CallTool(a.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	require.NoError(a.t, err)
	require.False(a.t, r.IsError, "%v", r.StructuredContent)
	answer = r.StructuredContent.(map[string]any)
	return answer["run"].(map[string]any)["id"].(string), answer
}

// propose starts a run of the demo and asks for the commit of its first step.
func (a assistant) propose(key string) (run string, answer map[string]any) {
	a.t.Helper()
	run, _ = a.do("start_run", `{"procedure_id":"`+demo+`","key":"`+key+`"}`)
	commit := demoCommit(a.t, 0)
	slots, err := json.Marshal(commit.Slots)
	require.NoError(a.t, err)
	ticks, err := json.Marshal(commit.Checklist)
	require.NoError(a.t, err)
	_, answer = a.do("request_commit", `{"run_id":"`+run+`","step":"alert","revision":1,"slots":`+string(slots)+`,"checklist":`+string(ticks)+`}`)
	return run, answer
}

func TestAnAssistantStartsTheToolsAndAPersonCommits(t *testing.T) {
	server := serve(t, t.TempDir(), "--demo")
	for _, revision := range revisions {
		run, answer := startedAssistant(t, server.url, revision).propose(revision)
		require.Equal(t, server.url+"/ui/runs/"+run, answer["confirm"].(map[string]any)["at"])
		read, err := server.as("").Run(t.Context(), run)
		require.NoError(t, err)
		require.Equal(t, "robot", *read.UserID)
		require.EqualValues(t, "open", read.Steps[0].State)
		server.commitDemoStep(run, 0)
	}
}

// The trail names the agent of the token. If a token names none, requests at /mcp have the agent mcp. The trail
// verifies.
func TestTheTrailNamesTheAssistantThatProposed(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, idp := t.TempDir(), issuer.New(t)
			server := serve(t, dir, authenticating(idp, append([]string{"--migrate"}, database...)...)...)
			person := operator(idp)
			robot := idp.Token(rolesOf("operator").With(issuer.Claims{"act": map[string]any{"sub": "claude", "name": "Claude"}}))
			for i, c := range []struct {
				a     assistant
				agent string
			}{
				{connectedAssistant(t, server.url, person, revisions[0]), "mcp"},
				{connectedAssistant(t, server.url, robot, revisions[1]), "claude"},
				{startedAssistant(t, server.url, revisions[0], "PROCEDO_TOKEN="+robot), "claude"},
			} {
				run, answer := c.a.propose(strconv.Itoa(i))
				require.Equal(t, true, answer["requested"])
				_, err := server.as(person).Commit(t.Context(), run, "alert", "", client.StepCommit{})
				require.NoError(t, err)
				drafted, committed := 0, 0
				for e, err := range server.as(person).Events(t.Context(), run) {
					require.NoError(t, err)
					by := string(e.Payload)
					switch e.Action {
					case "step.draft_saved":
						drafted++
						require.Contains(t, by, `"sub":"`+c.agent+`"`)
					case "step.committed":
						committed++
						require.NotContains(t, by, `"agent":{`, "a person confirmed")
					}
					require.Equal(t, "corp:ann", e.Actor)
				}
				require.Equal(t, []int{1, 1}, []int{drafted, committed})
			}
			_, stderr, status := procedo(t, dir, append([]string{"audit", "verify", "--rules"}, database...)...)
			require.Zero(t, status, stderr)
		})
	}
}

// Each caller is offered what their roles permit, at /mcp and by procedo mcp.
func TestAnAssistantIsOfferedWhatItsRolesPermit(t *testing.T) {
	idp := issuer.New(t)
	server := serve(t, t.TempDir(), authenticating(idp, "--mcp", "act")...)
	auditor := idp.Token(rolesOf("auditor"))
	for _, c := range []struct {
		a              assistant
		writes, bundle bool
	}{
		{connectedAssistant(t, server.url, operator(idp), revisions[0]), true, false},
		{connectedAssistant(t, server.url, auditor, revisions[1]), false, true},
		{startedAssistant(t, server.url, revisions[0], "PROCEDO_TOKEN="+operator(idp)), true, false},
		{startedAssistant(t, server.url, revisions[1], "PROCEDO_TOKEN="+auditor), false, true},
	} {
		tools, err := c.a.session.ListTools(t.Context(), nil)
		require.NoError(t, err)
		names := map[string]bool{}
		for _, tool := range tools.Tools {
			names[tool.Name] = true
		}
		require.True(t, names["get_run"])
		require.Equal(t, c.writes, names["save_draft"])
		templates, err := c.a.session.ListResourceTemplates(t.Context(), nil)
		require.NoError(t, err)
		for _, template := range templates.ResourceTemplates {
			names[template.Name] = true
		}
		require.True(t, names["report"])
		require.Equal(t, c.bundle, names["bundle"])
	}
}

func TestTheToolsNeedATokenWhereCallersAreAuthenticated(t *testing.T) {
	idp := issuer.New(t)
	server := serve(t, t.TempDir(), authenticating(idp)...)
	for name, token := range map[string]string{
		"none": "", "for another service": idp.Token(rolesOf("operator").With(issuer.Claims{"aud": "another"})),
	} {
		c := mcp.NewClient(&mcp.Implementation{Name: "tests", Version: "1"}, nil)
		_, err := c.Connect(t.Context(), &mcp.StreamableClientTransport{
			Endpoint: server.url + "/mcp", HTTPClient: &http.Client{Transport: withToken(token)}, MaxRetries: -1,
		}, nil)
		require.ErrorContains(t, err, "Unauthorized", name)
	}
}
