package http_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/run"
)

// rights is the golden matrix: the roles that may call each operation. "open" means that no token is needed, "all" that
// every token suffices, also one without a role.
var rights = map[string]string{
	"listProcedures":        "author operator reviewer auditor admin",
	"createProcedure":       "author admin",
	"lintProcedure":         "author admin",
	"simulateProcedure":     "author admin",
	"getProcedure":          "author operator reviewer auditor admin",
	"publishProcedure":      "author admin",
	"listProcedureVersions": "author operator reviewer auditor admin",
	"getProcedureVersion":   "author operator reviewer auditor admin",
	"getProcedureGraph":     "author operator reviewer auditor admin",
	"archiveProcedure":      "author admin",
	"unarchiveProcedure":    "author admin",
	"listRuns":              "author operator reviewer auditor admin",
	"startRun":              "operator",
	"getRun":                "author operator reviewer auditor admin",
	"getRunStep":            "author operator reviewer auditor admin",
	"saveDraft":             "operator",
	"checkStep":             "operator",
	"commitStep":            "operator",
	"amendStep":             "operator",
	"skipStep":              "operator",
	"failRun":               "operator admin",
	"revealSlot":            "operator reviewer",
	"eraseContent":          "admin",
	"listRunEvents":         "author operator reviewer auditor admin",
	"streamRunEvents":       "author operator reviewer auditor admin",
	"getRunVerification":    "author operator reviewer auditor admin",
	"listRunExceptions":     "author operator reviewer auditor admin",
	"listAuditEvents":       "reviewer auditor admin",
	"getRunBundle":          "author reviewer auditor admin",
	"getMe":                 "all",
	"readResourceMetadata":  "open",
	"getLiveness":           "open",
	"getReadiness":          "open",
	"getMetrics":            "open",
	"getContractYAML":       "open",
	"getContractJSON":       "open",
	"getContract30JSON":     "open",
	"getSchema":             "open",
	"listSchemas":           "open",
	"listProblemTypes":      "open",
	"getProblemType":        "open",
	"getHome":               "open",
}

// recordedAs is the action of the event that records each operation on a run.
var recordedAs = map[string]run.Action{
	"startRun":     run.ActionCreated,
	"saveDraft":    run.ActionDraftSaved,
	"checkStep":    run.ActionCommitted, // it checks what a commit would do
	"commitStep":   run.ActionCommitted,
	"amendStep":    run.ActionAmended,
	"skipStep":     run.ActionSkipped,
	"failRun":      run.ActionFailed,
	"revealSlot":   run.ActionRevealed,
	"eraseContent": run.ActionContentErased,
}

func TestTheContractNamesThePermissionThatTheCoreAsksFor(t *testing.T) {
	operations(t, newTestServer(t), func(id string, e example) {
		if !strings.HasPrefix(e.path, "/runs") || e.method == "GET" {
			return
		}
		action, known := recordedAs[id]
		require.True(t, known, "%s has no action", id)
		require.Equal(t, action.Permission().String(), e.op.Get("x-permission").Text, id)
	})
}

// operations calls fn for each operation of the contract, with an example of its request.
func operations(t *testing.T, srv *testServer, fn func(id string, e example)) {
	t.Helper()
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	for _, path := range contract.Get("paths").Members {
		for _, op := range path.Value.Members {
			if op.Name == "parameters" {
				continue
			}
			e := example{srv: srv, t: t, contract: contract, path: path.Name, method: strings.ToUpper(op.Name), op: op.Value}
			e.collect(path.Value.Get("parameters"))
			e.collect(op.Value.Get("parameters"))
			fn(op.Value.Get("operationId").Text, e)
		}
	}
}

func TestTheContractNamesThePermissionOfTheMatrix(t *testing.T) {
	seen := 0
	operations(t, newTestServer(t), func(id string, e example) {
		row, known := rights[id]
		require.True(t, known, "%s has no row in the matrix", id)
		seen++
		permission := e.op.Get("x-permission")
		if row == "open" {
			require.Nil(t, permission, id)
			require.Empty(t, e.op.Get("security").Items, "%s asks for no token", id)
			return
		}
		require.NotNil(t, permission, id)
		to, err := access.ParsePermission(permission.Text)
		require.NoError(t, err, id)
		var roles []string
		for _, r := range access.AllRoles.Names() {
			role, _ := access.ParseRole(r)
			if slices.Contains(to.Roles(), role) {
				roles = append(roles, r)
			}
		}
		if row != "all" {
			require.Equal(t, row, strings.Join(roles, " "), id)
		}
	})
	require.Len(t, rights, seen, "every row is an operation")
}

// caller is a kind of token, and what it is refused with: 0 if it is not.
type caller struct {
	token   string
	headers []string
	refused func(row string) (status int, code string)
}

// callers returns a caller for each role, one without a role, and those without a valid token.
func callers() (all []caller) {
	for _, token := range append(access.AllRoles.Names(), "nobody") {
		all = append(all, caller{token, bearer(token), func(row string) (int, string) {
			if row == "open" || row == "all" || slices.Contains(strings.Fields(row), token) {
				return 0, ""
			}
			return 403, "access.denied"
		}})
	}
	unless := func(code string) func(string) (int, string) {
		return func(row string) (int, string) {
			if row == "open" {
				return 0, ""
			}
			return 401, code
		}
	}
	return append(
		all, caller{"none", nil, unless("token.missing")}, caller{"expired", bearer("expired"), unless("token.invalid")},
		caller{"forged", bearer("forged"), unless("token.invalid")},
	)
}

// Each operation is called by each role and without a valid token, on a run of the caller's own and on that of somebody
// else. A refused call writes nothing and shows nothing of the run.
func TestEveryOperationAsksForItsRight(t *testing.T) {
	srv := newAuthenticatingServer(t)
	for _, run := range []string{"operator", "all"} { // who started the run
		operations(t, srv, func(id string, e example) {
			path := srv.startSecret(run)
			e.run = strings.TrimPrefix(path, "/runs/")
			seq := srv.call("GET", path, "", bearer("all")...).body["seq"]
			if id == "streamRunEvents" {
				e.method = "HEAD" // the stream itself does not end
			}
			headers := e.headers
			if e.method == "POST" && id != "revealSlot" {
				headers = append(headers, "Idempotency-Key", id)
			}
			for _, c := range callers() {
				e.headers = append(slices.Clone(headers), c.headers...)
				got := e.send("")
				status, code := c.refused(rights[id])
				if status == 0 {
					require.NotContains(t, []int{401, 403, 500}, got.status, "%s by %s: %s", id, c.token, got.raw)
					continue
				}
				require.Equal(t, status, got.status, "%s by %s: %s", id, c.token, got.raw)
				require.NotEmpty(t, got.header.Get("WWW-Authenticate"), "%s by %s", id, c.token)
				if status == 403 && e.method != "HEAD" {
					want := object{"permission": e.op.Get("x-permission").Text}
					require.Equal(t, want, got.body.object("params"), "%s by %s", id, c.token)
				}
				if e.method != "HEAD" {
					require.Equal(t, code, got.body["code"], "%s by %s", id, c.token)
					require.NotContains(t, string(got.raw), "corp:", "%s by %s", id, c.token)
				}
			}
			if allowed := strings.Fields(rights[id]); len(allowed) == 0 || allowed[0] == "open" || e.method == "HEAD" {
				require.Equal(t, seq, srv.call("GET", path, "", bearer("all")...).body["seq"], id)
			}
		})
	}
}

// Refused callers leave no trace in the trail: strangers must not lengthen it.
func TestADeniedCommandIsNotRecorded(t *testing.T) {
	srv := newAuthenticatingServer(t)
	path := srv.startSecret("operator")
	before := srv.call("GET", path, "", bearer("all")...)
	for _, token := range []string{"author", "reviewer", "auditor", "admin", "nobody", "forged"} {
		got := srv.call("POST", path+"/steps/s/commit", `{"slots":{"pin":1}}`, bearer(token)...)
		require.Contains(t, []int{401, 403}, got.status)
	}
	require.Equal(t, before.raw, srv.call("GET", path, "", bearer("all")...).raw)
}
