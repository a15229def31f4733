package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
)

func TestEveryStatementCompilesAndBinds(t *testing.T) {
	db := openMigrated(t)
	require.NotEmpty(t, declared)
	for _, s := range declared {
		values := storage.Args{}
		for _, name := range s.Params() {
			values[name] = nil
		}
		q := s.Bind(values)
		_, err := db.Writer().ExecContext(t.Context(), "EXPLAIN "+q.Text, q.Args...)
		require.NoError(t, err, s.Text())
		for _, name := range s.Params() {
			delete(values, name)
			require.Panics(t, func() { s.Bind(values) }, "%s without %s", s.Text(), name)
			values[name] = nil
		}
	}
}
