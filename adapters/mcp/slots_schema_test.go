package mcp_test

import (
	"encoding/json"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
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

// The schema of a slot of each type accepts what the service does, and refuses what it refuses, with a few exceptions:
// decimals of a JSON number and bounds of a date cannot be said.
func TestTheSchemaOfEachTypeAgreesWithTheService(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot := f.robot()
	run, err := f.person.Start(t.Context(), client.RunStart{ProcedureID: "types"})
	require.NoError(t, err)
	next := f.do(robot, "get_run", `{"run_id":"`+run.ID+`"}`)["next"].(object)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.RegisterFormat(&jsonschema.Format{Name: "idn-email", Validate: isAddress})
	require.NoError(t, compiler.AddResource("slots.json", next["slots_schema"]))
	schema, err := compiler.Compile("slots.json")
	require.NoError(t, err)
	looser := []string{`{"cents":1.555}`, `{"spring":"2026-02-28"}`, `{"spring":"2026-06-01"}`}
	for slot, values := range map[string]string{
		"string": `"a" "é" 1 true ["a"]`, "text": `"a\nb" 1`,
		"folded": `"ab" "AB" "aB" "abc" "xab"`, "greek": `"αβγ"`, "masked": `"\\a1X" "a1X" "\\aXX"`,
		"integer": `1 -1 0 1.0 1.5 "1" "-1" "+1" "1.0" "1.5" "01" "-0" "x" true 123456789012345678901234567890`,
		"number":  `1 1.5 "1.5" "-1.5" ".5" "1." "1,5" "01.5" "1e3" 1e3 "x" true "0.1234567890123456789"`,
		"cents":   `1 1.5 1.55 1.555 "1.55" "1.555" "1.550" 10 10.01 "1"`,
		"whole":   `1 1.5 "1" "1.5" "1.0"`,
		"boolean": `true false "true" 1`,
		"date":    `"2026-11-30" "2026-02-30" "2026-1-1" "30.11.2026" "0001-01-01" "9999-12-31" "2026-11-30T00:00:00Z" 1`,
		"spring":  `"2026-02-28" "2026-03-01" "2026-05-31" "2026-06-01"`,
		"datetime": `"2026-11-30T12:00:00Z" "2026-11-30T12:00:00+01:00" "2026-11-30T12:00:00.5Z" "2026-11-30T12:00:00"
			"2026-11-30\\u002012:00:00Z" "2026-11-30T24:00:00Z" "2026-11-30"`,
		"time": `"14:30:00" "14:30" "14:30:00.5" "14:30:00." "24:00:00" "14:60:00" "14:30:60" "9:30:00" "14:30:00Z"`,
		"enum": `"a" "b" "c" "A" 1`, "multi_enum": `["a"] ["a","b"] ["a","a"] ["c"] "a" []`,
		"email": `"ann@example.com" "zoë@exämple.org" "ann" "@example.com" "ann@" 1`, "phone": `"+41446681800" 1`,
		"url": `"https://example.com/a?b#c" "http://example.com" "https://exämple.org/é?q=ü"
			"example.com" "/a" "https://a\\u0020b" 1`,
	} {
		for _, value := range strings.Fields(strings.ReplaceAll(values, " 12:00:00Z", "\u002012:00:00Z")) {
			slots := `{"` + slot + `":` + value + `}`
			parsed, err := jsonschema.UnmarshalJSON(reader(slots))
			require.NoError(t, err, slots)
			revision := strconv.FormatInt(f.read(run.ID).Revision, 10)
			r := f.call(robot, "save_draft", `{"run_id":"`+run.ID+`","step":"s","revision":`+revision+`,"slots":`+slots+`}`)
			refused := schema.Validate(parsed)
			if r.IsError != (refused != nil || slices.Contains(looser, slots)) {
				t.Errorf("%s: the service accepts: %t; the schema: %v", slots, !r.IsError, refused)
			}
		}
	}
}

// isAddress checks the format idn-email, which the library does not know.
func isAddress(value any) error {
	if text, ok := value.(string); ok {
		_, err := mail.ParseAddress(text)
		return err
	}
	return nil
}

// What cannot be said as a pattern of ECMA-262 is said in the description, in the language of the caller.
func TestTheSchemaSaysEachPatternOfTheDefinition(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	run, err := f.person.Start(t.Context(), client.RunStart{ProcedureID: "types"})
	require.NoError(t, err)
	for language, sentence := range map[string]string{"en": "regular expression", "fr": "expression régulière"} {
		_, answer := f.rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":"`+
			run.ID+`"}}}`, "Accept-Language", language)
		var got struct {
			Result struct {
				StructuredContent struct {
					Next struct {
						Schema struct {
							Properties map[string]struct{ Pattern, Description string }
						} `json:"slots_schema"`
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		slots := got.Result.StructuredContent.Next.Schema.Properties
		require.Equal(t, "^(?:[Aa][Bb])$", slots["folded"].Pattern)
		require.Empty(t, slots["folded"].Description)
		require.Empty(t, slots["greek"].Pattern)
		require.Contains(t, slots["greek"].Description, "In Greek\n")
		require.Contains(t, slots["greek"].Description, sentence)
		require.Contains(t, slots["greek"].Description, `\p{Greek}+`)
	}
}

func reader(text string) *strings.Reader { return strings.NewReader(text) }
