package fault_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/fault"
)

func TestAListCountsAllIssuesAndKeepsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []fault.Issue
		var list fault.IssueList
		for range rapid.IntRange(0, 4).Draw(t, "times") {
			var more fault.IssueList
			for range rapid.SampledFrom([]int{0, 1, 2, fault.MaxIssues - 1, fault.MaxIssues, fault.MaxIssues + 1}).Draw(t, "n") {
				is := fault.Issue{Code: "c", Params: fault.Params{"n": len(all)}}
				all = append(all, is)
				more.Add(is)
			}
			if rapid.Bool().Draw(t, "one by one") {
				require.LessOrEqual(t, len(more.First), fault.MaxIssues)
				list.Append(more)
				continue
			}
			list.Add(all[len(all)-more.Count:]...)
		}
		require.Equal(t, len(all), list.Count)
		require.Len(t, list.First, min(len(all), fault.MaxIssues))
		for i, is := range list.First {
			require.Equal(t, all[i], is)
		}
	})
}

func TestALongTextIsQuotedInPart(t *testing.T) {
	whole := strings.Repeat("a", fault.MaxQuoted)
	require.Equal(t, whole, fault.Quoted(whole))
	require.Equal(t, whole+"…", fault.Quoted(whole+"a"))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.SampledFrom([]string{"é", "日", "𝄞", "aé"}).Draw(t, "unit"), fault.MaxQuoted)
		quoted := fault.Quoted(text)
		require.True(t, utf8.ValidString(quoted))
		kept := strings.TrimSuffix(quoted, "…")
		require.True(t, strings.HasPrefix(text, kept))
		require.LessOrEqual(t, len(kept), fault.MaxQuoted)
		require.Greater(t, len(kept), fault.MaxQuoted-utf8.UTFMax)
	})
}

func TestAKindWithoutANameShowsItsNumber(t *testing.T) {
	require.Equal(t, "kind 0", fault.Kind(0).String())
	require.Equal(t, "kind 200", fault.Kind(200).String())
	require.Equal(t, "internal", fault.Internal.String())
	require.Regexp(t, `^kind \d+$`, (fault.Internal + 1).String())
}
