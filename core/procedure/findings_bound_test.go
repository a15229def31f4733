package procedure_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// TestFindingsAreBoundedWhateverADocumentHolds reads documents with thousands of findings, and with names as long as a
// request can be. At most 256 findings are listed, in document order, and none takes more than a few kilobytes.
func TestFindingsAreBoundedWhateverADocumentHolds(t *testing.T) {
	const many = 3000
	long := strings.Repeat("é", 100_000)
	list := func(element string) string { return strings.Repeat(element+",", many-1) + element }
	numbered := func(format string) string {
		all := make([]string, many)
		for i := range all {
			all[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(all, ",")
	}
	step := func(members string) string {
		return `{"name":"N","steps":[{"key":"a","title":"T",` + members + `}]}`
	}
	for name, c := range map[string]struct {
		document string
		count    int // of findings; 0: at least many
	}{
		"unknown members":   {step(numbered(`"u%d":1`)), many},
		"under a long name": {step(`"translations":{"` + long + `":{` + numbered(`"u%d":1`) + `}}`), 1},
		"long names":        {step(numbered(`"` + long[:200] + `%d":1`)), many},
		"inexact numbers":   {step(`"metadata":{"` + long + `":[` + list("9007199254740993") + `]}`), many},
		"nested long names": {
			step(`"metadata":{"` + long + `":{"` + long + `":{"` + long + `":[` + list("1e-400") + `]}}}`), many,
		},
		"not objects":     {step(`"slots":[` + list("1") + `]`), many},
		"empty slots":     {step(`"slots":[` + list("{}") + `]`), 2 * many},
		"unknown targets": {step(`"transitions":[` + list(`{"when":"true","to":"`+long[:300]+`"}`) + `]`), 0},
		"a long target":   {step(`"transitions":[{"to":"` + long + `"}]`), 1},
		"unknown fields": {
			step(`"rules":[{"key":"k","assert":"true","message":"m","fields":[` + list(`"x"`) + `]}]`), many + 1,
		},
		"a long field":      {step(`"rules":[{"key":"k","assert":"a.b","message":"m","fields":["` + long + `"]}]`), 2},
		"duplicate options": {step(`"slots":[{"name":"s","type":"enum","options":[` + list(`"x"`) + `]}]`), many - 1},
		"in several phases": {
			step(`"slots":[` + list(`{"name":"s","type":"string","when":"x"}`) + `],"transitions":[` + list(`{"to":"y"}`) + `]`), 0,
		},
		"members of no step": {`{"name":"N","steps":[{"key":"a","title":"T"}],` + numbered(`"u%d":1`) + `}`, many},
	} {
		t.Run(name, func(t *testing.T) {
			root := parse(t, c.document)
			_, issues := procedure.Read(context.Background(), root, cel.Language{})
			if c.count > 0 {
				require.Equal(t, c.count, issues.Count)
			} else {
				require.GreaterOrEqual(t, issues.Count, many)
			}
			require.Len(t, issues.First, min(issues.Count, fault.MaxIssues))
			at := 0
			for _, is := range issues.First {
				text, err := json.Marshal(is)
				require.NoError(t, err)
				require.LessOrEqual(t, len(text), 4<<10)
				if offset := root.Locate(is.Field); !strings.Contains(is.Field, "…") {
					require.GreaterOrEqual(t, offset, at-40, "%s: a member's name stands before its value", is.Field)
					at = offset
				}
			}
		})
	}
}

func TestWarningsAreBoundedLikeFindings(t *testing.T) {
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf(`"u%d":1`, i))
	}
	doc := `{"format":"0.1","name":"N","steps":[{"key":"a","title":"T"}],` + strings.Join(all, ",") + `}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Zero(t, issues.Count)
	require.Equal(t, 1000, read.Warnings.Count)
	require.Len(t, read.Warnings.First, fault.MaxIssues)
	require.Equal(t, "/u0", read.Warnings.First[0].Field)
}
