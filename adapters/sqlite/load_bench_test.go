package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
)

// BenchmarkLoad measures loading a run of two steps, four values and two checklist items.
func BenchmarkLoad(b *testing.B) {
	db := sqlitetest.Open(b)
	s := service(db)
	doc, commit := wideProcedure(4)
	id := startRun(b, s, doc)
	_, err := s.Execute(b.Context(), app.Request{}, id, commit)
	require.NoError(b, err)
	runs := openStorage(db).App.Runs
	b.ReportAllocs()
	for b.Loop() {
		if _, err := runs.Load(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}
