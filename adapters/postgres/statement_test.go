package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
)

func TestEveryStatementCompilesAndBinds(t *testing.T) {
	db := open(t)
	require.NotEmpty(t, postgres.Declared())
	for _, s := range postgres.Declared() {
		n, err := db.Params(s.Text())
		require.NoError(t, err, s.Text())
		values := storage.Args{}
		for _, name := range s.Params() {
			values[name] = nil
		}
		require.Len(t, s.Bind(values).Args, n, s.Text())
		for _, name := range s.Params() {
			delete(values, name)
			require.Panics(t, func() { s.Bind(values) }, "%s without %s", s.Text(), name)
			values[name] = nil
		}
	}
}
