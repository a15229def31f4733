package http_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// catalogue returns the values of the open set at a place in the schemas of the contract.
func catalogue(t *testing.T, place ...string) []string {
	t.Helper()
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	set := contract.Get(append([]string{"components", "schemas"}, append(place, "x-extensible-enum")...)...)
	require.NotNil(t, set, place)
	return items(set)
}

func items(n *jsondoc.Node) []string {
	var all []string
	for _, item := range n.Items {
		all = append(all, item.Text)
	}
	slices.Sort(all)
	return all
}

func codesOf(entries []i18n.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Code)
	}
	return all
}

// The texts have a test of their own that every code in the source has one, and so do problems in the suites: a code
// that the contract does not list is a failure.
func TestTheContractListsTheCodesThatHaveTexts(t *testing.T) {
	en := i18n.Accept("en")
	require.Equal(t, codesOf(en.Problems()), catalogue(t, "ProblemCode"))
	require.Equal(t, codesOf(en.Issues()), catalogue(t, "IssueCode"))
}

// TestTheContractListsTheActionsThatVerificationKnows compares the closed set with which exports are verified.
func TestTheContractListsTheActionsThatVerificationKnows(t *testing.T) {
	var known []string
	for _, a := range run.Actions {
		known = append(known, string(a))
	}
	for _, a := range procedure.Actions {
		known = append(known, string(a))
	}
	slices.Sort(known)
	require.Equal(t, catalogue(t, "Action"), known)
}

func TestEveryProblemTypeHasAStatusAndTexts(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		types, err := httpadapter.ProblemTypes(i18n.Accept(language))
		require.NoError(t, err)
		paths := map[string]bool{}
		for _, p := range types {
			require.NotEmpty(t, http.StatusText(p.Status), p.Code)
			require.GreaterOrEqual(t, p.Status, 400, p.Code)
			require.NotEmpty(t, p.Title, p.Code)
			require.NotEmpty(t, p.Explanation, p.Code)
			require.Regexp(t, `^/problems/[a-z0-9-]+$`, p.Path)
			require.False(t, paths[p.Path], p.Path)
			paths[p.Path] = true
		}
	}
}

// TestTheContractListsTheConstantsOfTheSource compares each open set with the constants of a type.
func TestTheContractListsTheConstantsOfTheSource(t *testing.T) {
	for _, c := range []struct {
		files, constant string
		place           []string
		without         []string // constants that do not occur there
	}{
		{"run/*.go", "Action", nil, nil},
		{"run/*.go", "State", []string{"RunState"}, nil},
		{"run/*.go", "StepState", []string{"StepState"}, nil},
		{"run/*.go", "ErasedText", []string{"RunException", "properties", "texts", "items"}, nil},
		{"run/*.go", "ErasedText", []string{"Run", "properties", "erased", "items"}, []string{"skip_reason"}},
		{"run/*.go", "ErasedText", []string{"RunSummary", "properties", "erased", "items"}, []string{"skip_reason"}},
		{"procedure/*.go", "Status", []string{"ProcedureStatus"}, nil},
		{"slot/*.go", "Origin", []string{"Origin"}, nil},
		{"slot/*.go", "Type", []string{"SlotDocument", "properties", "type"}, nil},
		{"slot/*.go", "Type", []string{"ProcedureSlot", "properties", "type"}, nil},
		{"app/*.go", "ExceptionKind", []string{"RunException", "properties", "kind"}, nil},
	} {
		want := constants(t, c.files, c.constant)
		place := c.place
		if place == nil {
			want, place = append(want, constants(t, "procedure/*.go", "Action")...), []string{"Action"}
		}
		want = slices.DeleteFunc(want, func(v string) bool { return slices.Contains(c.without, v) })
		slices.Sort(want)
		require.Equal(t, want, catalogue(t, place...), "%s %s", c.files, c.constant)
	}
}

// constants returns the values of the string constants of a type in files of the core.
func constants(t *testing.T, pattern, name string) []string {
	t.Helper()
	files, err := filepath.Glob("../../core/" + pattern)
	require.NoError(t, err)
	values := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^\s+\w+\s+`+name+`\s+= "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			values[m[1]] = true
		}
	}
	require.NotEmpty(t, values, "%s %s", pattern, name)
	return slices.Collect(maps.Keys(values))
}

// TestWhatIsSentHasTheSameSetsAsWhatIsAnswered compares the sets that requests may use, which are closed, with the open
// sets of the answers.
func TestWhatIsSentHasTheSameSetsAsWhatIsAnswered(t *testing.T) {
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	for open, closed := range map[string]string{
		"RunState": "RunStateFilter", "ProcedureStatus": "ProcedureStatusFilter", "Origin": "OriginInput",
	} {
		values := slices.DeleteFunc(items(contract.Get("components", "schemas", closed, "enum")), func(v string) bool {
			return v == "" // null
		})
		require.Equal(t, catalogue(t, open), values)
	}
}
