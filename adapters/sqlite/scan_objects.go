package sqlite

import (
	"context"
	"strings"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
	sqliteschema "github.com/procedo/procedo/schema/sqlite"
)

var (
	selectObjects = storage.Query{Text: sqliteschema.Objects}
	// selectFlaws reads the whole file. It compares every index with its table, and rows with their constraints.
	selectFlaws = storage.Query{Text: "PRAGMA integrity_check(1000)"}
)

// Expected returns the objects that the migrations make. SQLite keeps the text of each definition.
func (Scan) Expected(context.Context) ([]verify.Object, bool, error) {
	all, err := storage.MadeObjects(sqliteschema.Made)
	return all, true, err
}

// Objects returns the objects of the database.
func (s Scan) Objects(ctx context.Context) (all []verify.Object, err error) {
	err = s.DB.raw(ctx, func(query rawQuery) error {
		return query(selectObjects, func(r *rawRow) error {
			var o verify.Object
			if err := r.Scan(&o.Kind, &o.Name, &o.Definition); err != nil {
				return err
			}
			all = append(all, o)
			return nil
		})
	})
	return all, err
}

// EachFlaw calls fn for each thing that SQLite finds wrong in the file, and for a write-ahead log that is missing.
func (s Scan) EachFlaw(ctx context.Context, fn func(name string, problem audit.Problem, warning bool)) error {
	lacks, err := s.DB.lacksLog(ctx)
	if err != nil {
		return err
	}
	if lacks {
		fn("file", audit.Wrong("log_left_behind"), true)
	}
	return s.DB.raw(ctx, func(query rawQuery) error {
		return query(selectFlaws, func(r *rawRow) error {
			var text string
			if err := r.Scan(&text); err != nil {
				return err
			}
			if text != "ok" {
				fn("file", audit.Wrong("file", "cause", strings.TrimSpace(text)), false)
			}
			return nil
		})
	})
}
