package mcp

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// operations holds the operation of the API without which a tool or a resource is of no use.
var operations = map[string]string{
	"list_procedures": "listProcedures", "list_runs": "listRuns", "get_run": "getRun", "check_step": "checkStep",
	"explain_run": "listRunExceptions", "start_run": "startRun", "save_draft": "saveDraft", "request_commit": "saveDraft",
	"commit_step": "commitStep", "skip_step": "skipStep", "amend_step": "amendStep", "fail_run": "failRun",
	"procedure": "getProcedure", "version": "getProcedureVersion", "graph": "getProcedureGraph", "run": "getRun",
	"bundle": "getRunBundle", "report": "getRun",
}

func TestThePermissionsAreThoseOfTheContract(t *testing.T) {
	contract, err := os.ReadFile("../../openapi.yaml")
	require.NoError(t, err)
	required := map[string]string{}
	form := regexp.MustCompile(`\n      operationId: (\w+)\n      x-added-in: .*\n      x-permission: (\w+)\n`)
	for _, m := range form.FindAllSubmatch(contract, -1) {
		required[string(m[1])] = string(m[2])
	}
	require.Len(t, toolPermissions, len(tools))
	for _, permissions := range []map[string]string{toolPermissions, templatePermissions} {
		for name, permission := range permissions {
			require.NotEmpty(t, permission, name)
			require.Equal(t, required[operations[name]], permission, name)
		}
	}
}
