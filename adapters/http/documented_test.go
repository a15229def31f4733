package http_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
)

// release returns the numbers of a version such as 0.1.0.
func release(t *testing.T, version string) []int {
	t.Helper()
	require.Regexp(t, `^\d+\.\d+\.\d+$`, version)
	var numbers []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		require.NoError(t, err)
		numbers = append(numbers, n)
	}
	return numbers
}

// TestEveryOperationSaysInWhichVersionItWasAdded covers paths and webhooks. No operation is of a later version than the
// contract.
func TestEveryOperationSaysInWhichVersionItWasAdded(t *testing.T) {
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	current := release(t, contract.Get("info", "version").Text)
	checked := 0
	for _, section := range []string{"paths", "webhooks"} {
		for _, item := range contract.Get(section).Members {
			for _, op := range item.Value.Members {
				if op.Value.Kind != jsondoc.Object { // a summary, or parameters of all operations
					continue
				}
				added := op.Value.Get("x-added-in")
				require.NotNil(t, added, "%s %s", op.Name, item.Name)
				require.LessOrEqual(t, slices.Compare(release(t, added.Text), current), 0, "%s %s", op.Name, item.Name)
				checked++
			}
		}
	}
	require.Greater(t, checked, 30)
}

// codeOfPage matches what looks like a code in the text of a page, or as the code of a problem or an issue in JSON.
var codeOfPage = regexp.MustCompile("`([a-z_]+\\.[a-z_]+)`|\"code\": ?\"([a-z_]+\\.[a-z_]+)\"")

// TestThePagesNameOnlyCodesThatExist compares the codes and actions on the pages with the catalogues of the contract. A
// word with a point is taken for a code if a code begins with the same word.
func TestThePagesNameOnlyCodesThatExist(t *testing.T) {
	known := slices.Concat(catalogue(t, "ProblemCode"), catalogue(t, "IssueCode"), catalogue(t, "Action"))
	begins := map[string]bool{}
	for _, code := range known {
		word, _, _ := strings.Cut(code, ".")
		begins[word] = true
	}
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	named := map[string]int{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range codeOfPage.FindAllStringSubmatch(string(text), -1) {
			code := m[1] + m[2]
			word, _, _ := strings.Cut(code, ".")
			if begins[word] && code != "run.metadata" && code != "step.slot" { // names in conditions
				require.Contains(t, known, code, page)
				named[filepath.Base(page)]++
			}
		}
	}
	require.Positive(t, named["api.md"])
	for _, page := range []string{"api", "audit", "procedures"} {
		require.Equal(t, named[page+".md"], named[page+".fr.md"], "both languages name the same codes: %s", page)
	}
}
