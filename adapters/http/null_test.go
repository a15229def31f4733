package http_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
)

// bodies holds, for each schema of what is sent, the operation that takes it and a body with its required members. %
// stands for the place of another member.
var bodies = map[string]struct{ method, path, body string }{
	"RunStart":          {"POST", "/runs", `{"procedure_id":"two-steps"%}`},
	"StepDraft":         {"PATCH", "/steps/first", `{"":0%}`},
	"StepCommit":        {"POST", "/steps/first/commit", `{"":0%}`},
	"StepAmend":         {"POST", "/steps/first/amend", `{"reason":"r"%}`},
	"StepSkip":          {"POST", "/steps/first/skip", `{"reason":"r"%}`},
	"RunFailure":        {"POST", "/fail", `{"reason":"r"%}`},
	"Erasure":           {"POST", "/erasures", `{"reason":"r","places":[{"slot":"first.code"}]%}`},
	"ErasePlace":        {"POST", "/erasures", `{"reason":"r","places":[{"slot":"first.code"%}]}`},
	"SimulationRequest": {"POST", "/procedures/simulate", `{"procedure_id":"two-steps"%}`},
	"SimulationAnswer":  {"POST", "/procedures/simulate", `{"procedure_id":"two-steps","answers":[{"step":"first"%}]}`},
	"ProcedureDocument": {"POST", "/procedures/lint", `{"name":"N","steps":[{"key":"a","title":"A"}]%}`},
	"StepDocument":      {"POST", "/procedures/lint", `{"name":"N","steps":[{"key":"a","title":"A"%}]}`},
	"SlotDocument": {
		"POST", "/procedures/lint", `{"name":"N","steps":[{"key":"a","title":"A","slots":[{"name":"s","type":"string"%}]}]}`,
	},
	"ChecklistItemDocument": {
		"POST", "/procedures/lint", `{"name":"N","steps":[{"key":"a","title":"A","checklist_items":[{"key":"i","label":"I"%}]}]}`,
	},
	"RuleDocument": {
		"POST", "/procedures/lint",
		`{"name":"N","steps":[{"key":"a","title":"A","rules":[{"key":"r","assert":"has(s)","message":"M"%}],` +
			`"slots":[{"name":"s","type":"string"}]}]}`,
	},
	"TransitionDocument": {
		"POST", "/procedures/lint", `{"name":"N","steps":[{"key":"a","title":"A","transitions":[{"to":"end"%}]}]}`,
	},
}

// TestNullMeansAbsent sends null for each optional member of each body. The answer must be that to the body without the
// member, and the contract must declare that null is allowed.
func TestNullMeansAbsent(t *testing.T) {
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	compiler := jsonschema.Compiler{Contract: contract}
	srv := newTestServer(t)
	for name, b := range bodies {
		schema := contract.Get("components", "schemas", name)
		require.NotNil(t, schema, name)
		var required []string
		if list := schema.Get("required"); list != nil {
			required = items(list)
		}
		for _, m := range schema.Get("properties").Members {
			if slices.Contains(required, m.Name) || strings.Contains(b.body, `"`+m.Name+`"`) {
				continue
			}
			t.Run(name+"."+m.Name, func(t *testing.T) {
				requireNullable(t, contract, m.Value)
				if name != "ProcedureDocument" && !strings.HasSuffix(name, "Document") { // those are the core's
					_, err := compiler.Compile(m.Value)
					require.NoError(t, err)
				}
				want := srv.with(t).sendBody(b.method, b.path, strings.Replace(b.body, "%", "", 1))
				got := srv.with(t).sendBody(b.method, b.path, strings.Replace(b.body, "%", `,"`+m.Name+`":null`, 1))
				require.Equal(t, want.status, got.status, "%s", got.raw)
				require.Equal(t, want.codes(), got.codes())
				require.Less(t, got.status, 500)
				require.NotEqual(t, 400, got.status, "%s", got.raw)
			})
		}
	}
}

// sendBody sends a body to an operation of a new run, or to another operation.
func (srv *testServer) sendBody(method, path, body string) reply {
	srv.t.Helper()
	run := srv.startTwoSteps()
	body = strings.Replace(strings.Replace(body, `"":0,`, "", 1), `"":0`, "", 1)
	if !strings.HasPrefix(path, "/procedures") && path != "/runs" {
		path = "/runs/" + run + path
	}
	return srv.call(method, path, body)
}

// requireNullable fails the test unless a schema allows null.
func requireNullable(t *testing.T, contract jsonschema.Contract, n *jsondoc.Node) {
	t.Helper()
	n, err := contract.Resolve(n)
	require.NoError(t, err)
	types := n.Get("type")
	require.NotNil(t, types, "%s", n.Raw)
	require.Contains(t, items(types), "null", "%s", n.Raw)
}
