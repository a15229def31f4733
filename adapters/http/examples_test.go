package http_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
)

// refusals are the statuses of the examples that are refused, each with the reason.
var refusals = map[string]struct {
	status int
	code   string
}{
	"skipStep":             {http.StatusConflict, "step.out_of_order"},   // the example has committed the step before
	"commitStep":           {http.StatusOK, ""},                          // a commit that is sent again changes nothing
	"revealSlot":           {http.StatusNotFound, "slot.not_found"},      // the procedure of the examples has no sensitive slot
	"readResourceMetadata": {http.StatusNotFound, "request.not_found"},   // nobody is authenticated
	"cursor":               {http.StatusBadRequest, "request.cursor"},    // a cursor is only valid for the list that it came from
	"at":                   {http.StatusNotFound, "run.event_not_found"}, // the run has just started
	"example run id":       {http.StatusNotFound, "run.not_found"},
}

// TestTheExamplesWorkWithTheDemo sends the examples of all operations, in the order of the contract, to a server that
// holds the demo. The id of the run is that of the run that the example has started, as no run has the example's id.
func TestTheExamplesWorkWithTheDemo(t *testing.T) {
	srv := newTestServer(t)
	srv.loadDemo()
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	run := ""
	for _, path := range contract.Get("paths").Members {
		for _, op := range path.Value.Members {
			if op.Name == "parameters" {
				continue
			}
			e := example{srv: srv, t: t, contract: contract, path: path.Name, method: strings.ToUpper(op.Name), op: op.Value}
			e.collect(path.Value.Get("parameters"))
			e.collect(op.Value.Get("parameters"))
			id := op.Value.Get("operationId").Text
			if strings.Contains(path.Name, "{run_id}") {
				require.Equal(t, refusals["example run id"].status, e.send("").status, id)
			}
			if id == "streamRunEvents" { // it does not end
				_, first := srv.stream(t, run).next()
				require.EqualValues(t, 1, first.Seq)
				continue
			}
			e.run = run
			r := e.send("")
			if want, refused := refusals[id]; refused {
				require.Equal(t, want.status, r.status, "%s: %s", id, r.raw)
			} else {
				require.Less(t, r.status, 300, "%s: %s", id, r.raw)
			}
			if id == "startRun" {
				run = r.body.text("id")
			}
			for _, parameter := range e.query {
				name, _, _ := strings.Cut(parameter, "=")
				r := e.send(parameter)
				if want, refused := refusals[name]; refused && r.status >= 300 {
					require.Equal(t, want.code, r.body.text("code"), "%s %s", id, parameter)
				} else {
					require.Less(t, r.status, 300, "%s %s: %s", id, parameter, r.raw)
				}
			}
		}
	}
}

// example is a request made of the examples of an operation.
type example struct {
	srv          *testServer
	t            *testing.T
	contract     jsonschema.Contract
	path, method string
	op           *jsondoc.Node
	headers      []string
	query        []string
	run          string
}

// collect takes the examples of parameters: those in the path, the required headers, and each query parameter.
func (e *example) collect(parameters *jsondoc.Node) {
	if parameters == nil {
		return
	}
	for _, p := range parameters.Items {
		p, err := e.contract.Resolve(p)
		require.NoError(e.t, err)
		name, value := p.Get("name").Text, p.Get("example")
		if value == nil {
			value = p.Get("examples").Members[0].Value.Get("value")
		}
		text := value.Text
		if value.Kind == jsondoc.Array {
			text = value.Items[0].Text
		}
		required := p.Get("required")
		switch p.Get("in").Text {
		case "path":
			if name != "run_id" {
				e.path = strings.ReplaceAll(e.path, "{"+name+"}", text)
			} else {
				e.path = strings.ReplaceAll(e.path, "{run_id}", "{run_id:"+text+"}")
			}
		case "header":
			if required != nil && required.Bool {
				e.headers = append(e.headers, name, text)
			}
		case "query":
			e.query = append(e.query, name+"="+text)
		}
	}
}

// send sends the example. With a run, its id replaces that of the example.
func (e *example) send(query string) reply {
	e.t.Helper()
	path := e.path
	if before, rest, ok := strings.Cut(path, "{run_id:"); ok {
		id, after, _ := strings.Cut(rest, "}")
		if e.run != "" {
			id = e.run
		}
		path = before + id + after
	}
	if query != "" {
		path += "?" + query
	}
	return e.srv.call(e.method, path, e.body(), slices.Clone(e.headers)...)
}

// body returns the example of the body, or "" if there is none.
func (e *example) body() string {
	body := e.op.Get("requestBody")
	if body == nil {
		return ""
	}
	body, err := e.contract.Resolve(body)
	require.NoError(e.t, err)
	media := body.Get("content").Members[0].Value
	if value := media.Get("example"); value != nil {
		return string(value.Raw)
	}
	named, err := e.contract.Resolve(media.Get("examples").Members[0].Value)
	require.NoError(e.t, err)
	return string(named.Get("value").Raw)
}
