package mcp_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
)

// The schema of the open step accepts and refuses what the service does.
func TestTheSchemaOfTheSlotsAgreesWithTheService(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot, run := f.robot(), f.start()
	next := f.do(robot, "get_run", `{"run_id":"`+run.ID+`"}`)["next"].(object)
	given := next["slots_schema"].(object)
	require.Equal(t, []any{"amount", "urgent"}, given["required"])
	delete(given, "required") // a draft needs nothing
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("slots.json", given))
	schema, err := compiler.Compile("slots.json")
	require.NoError(t, err)
	for slot, ok := range map[string]bool{
		`"amount":1`: true, `"amount":"1.50"`: true, `"amount":-1`: false, `"amount":"x"`: false, `"amount":true`: false,
		`"amount":1,"urgent":true`: true, `"amount":1,"urgent":"yes"`: false,
		`"amount":1,"code":"1-X."`: true, `"amount":1,"code":"1-1."`: false, `"amount":1,"code":"1-Xx"`: false,
		`"amount":1,"kinds":["a"]`: true, `"amount":1,"kinds":["a","b"]`: false, `"amount":1,"kinds":["c"]`: false,
		`"amount":1,"pin":"1234"`: false, `"amount":1,"nothing":1`: false,
	} {
		value, err := jsonschema.UnmarshalJSON(reader("{" + slot + "}"))
		require.NoError(t, err)
		require.Equal(t, ok, schema.Validate(value) == nil, slot)
		revision := strconv.FormatInt(f.read(run.ID).Revision, 10)
		r := f.call(robot, "save_draft", `{"run_id":"`+run.ID+`","step":"prepare","revision":`+revision+`,"slots":{`+slot+`}}`)
		require.Equal(t, ok, !r.IsError, slot)
	}
}

func reader(text string) *strings.Reader { return strings.NewReader(text) }
