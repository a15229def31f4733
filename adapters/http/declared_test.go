package http_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// TestOperationsDeclareTheErrorsThatTheyCanAnswer derives from the form of each operation which errors it must declare,
// and that it declares no other of these.
func TestOperationsDeclareTheErrorsThatTheyCanAnswer(t *testing.T) {
	doc, err := contract()
	require.NoError(t, err)
	probes := []string{"/livez", "/readyz"}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			has := func(names ...string) bool {
				return slices.ContainsFunc(slices.Concat(item.Parameters, op.Parameters), func(p *openapi3.ParameterRef) bool {
					return slices.Contains(names, p.Value.Name)
				})
			}
			secured := op.Extensions["x-permission"] != nil
			writes, body := method != "GET", op.RequestBody != nil
			computes := path == "/procedures/lint" || path == "/procedures/simulate"
			for status, wanted := range map[int]bool{
				304: has("If-None-Match"),
				400: true,
				401: secured,
				403: secured,
				406: true,
				408: body, 413: body, 415: body,
				409: writes && !computes || has("withhold"),
				412: has("If-Match"),
				428: op.OperationID == "publishProcedure",
				414: true,
				421: !slices.Contains(probes, path),
				429: !slices.Contains(append(probes, "/metrics"), path),
				431: true,
				500: true,
			} {
				declared := op.Responses.Status(status) != nil
				require.Equal(t, wanted, declared, "%s %s: %d", method, path, status)
			}
			require.False(t, has("Idempotency-Key") && !writes, "%s %s", method, path)
		}
	}
}

// ignoreNumbers are the paths whose successful answers ignore the preference for the form of numbers: the trail and the
// bundle show what was hashed, and the others have no exact numbers.
var ignoreNumbers = []string{
	"/runs/{run_id}/events", "/runs/{run_id}/events/stream", "/audit-events", "/runs/{run_id}/bundle", "/livez",
	"/openapi.yaml", "/openapi.json", "/openapi-3.0.json", "/schemas/{schema_name}", "/schemas/",
	"/problems/", "/problems/{problem_type}", "/", "/me", "/.well-known/oauth-protected-resource",
}

// Every other operation with JSON declares the preference, and its answers and all problems say whether it was
// honoured.
func TestOperationsDeclareThePreferenceForNumbers(t *testing.T) {
	doc, err := contract()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			name, honours := method+" "+path, false
			for status, r := range op.Responses.Map() {
				success := status < "400"
				shows := success && !slices.Contains(ignoreNumbers, path) && r.Value.Content["application/json"] != nil
				honours = honours || shows
				if shows || status >= "400" {
					require.Contains(t, r.Value.Headers, "Preference-Applied", "%s %s", name, status)
					require.Contains(t, r.Value.Headers, "Vary", "%s %s", name, status)
				}
			}
		}
	}
}
