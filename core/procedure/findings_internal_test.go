package procedure

import (
	"cmp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/fault"
)

// TestTheFirstFindingsOfADocumentAreKeptAndAllAreCounted adds findings in any order. The list never holds more than
// twice as many as it returns, and returns those that come first in the document.
func TestTheFirstFindingsOfADocumentAreKeptAndAllAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list findingList
		var all []finding
		n := rapid.IntRange(0, 5*fault.MaxIssues).Draw(t, "n")
		places := rapid.IntRange(1, 1000).Draw(t, "places")
		for i := range n {
			f := finding{fault.Issue{Code: strconv.Itoa(i)}, rapid.IntRange(0, places).Draw(t, "offset")}
			all = append(all, f)
			list.add(f.Issue, f.offset)
			require.Less(t, len(list.kept), 2*fault.MaxIssues)
		}
		slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(a.offset, b.offset) })
		want := fault.IssueList{Count: n}
		for _, f := range all[:min(n, fault.MaxIssues)] {
			want.First = append(want.First, f.Issue)
		}
		require.Equal(t, want, list.inOrder())
	})
}
