package storage_test

import (
	"testing"

	. "github.com/go-jet/jet/v2/sqlite"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
)

var statement = storage.NewStatement(RawStatement(storage.Named(
	"UPDATE t SET seq = #seq WHERE seq = #seq_before AND kind = #kind AND prev = #seq",
)).Sql)

func TestBindPutsEachValueAtItsPlaceholder(t *testing.T) {
	require.Equal(t, "UPDATE t SET seq = ? WHERE seq = ? AND kind = ? AND prev = ?;\n", statement.Text())
	require.Equal(t, []string{"seq", "seq_before", "kind"}, statement.Params())
	q := statement.Bind(storage.Args{"kind": "k", "seq_before": 1, "seq": 2})
	require.Equal(t, storage.Query{Text: statement.Text(), Args: []any{2, 1, "k", 2}}, q)
}

func TestBindKeepsConstantsAndSetsTheLimit(t *testing.T) {
	s := storage.NewStatement(SELECT(Int(7), RawInt(storage.Named("#below"))).LIMIT(storage.Limit).Sql)
	require.Equal(t, []any{int64(7), 9, 3}, s.Bind(storage.Args{"limit": 3, "below": 9}).Args)
}

func TestBindPanicsOnMissingAndUnknownNames(t *testing.T) {
	for _, values := range []storage.Args{
		nil,
		{"seq": 1, "kind": "k"},
		{"seq": 1, "seq_before": 2, "kinds": "k"},
		{"seq": 1, "seq_before": 2, "kind": "k", "other": 3},
	} {
		require.Panics(t, func() { statement.Bind(values) }, values)
	}
}
