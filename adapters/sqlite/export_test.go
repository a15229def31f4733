package sqlite

import (
	"context"
	"time"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

// Fill makes the file count as full at its present size, as a full disk does. Empty lifts that.
func (d *DB) Fill(t interface{ Fatalf(string, ...any) }) { d.limitPages(t, "1") } // SQLite raises it to the present size

// Empty lifts the limit that Fill sets.
func (d *DB) Empty(t interface{ Fatalf(string, ...any) }) { d.limitPages(t, "4294967294") }

func (d *DB) limitPages(t interface{ Fatalf(string, ...any) }, count string) {
	var now int64
	row := d.write.QueryRowContext(context.Background(), "PRAGMA max_page_count = "+count)
	if err := row.Scan(&now); err != nil {
		t.Fatalf("%v", err)
	}
}

// WriteTogether writes changes in one group, which Append would do if they waited at the same moment.
func (s Runs) WriteTogether(changes ...app.RunChange) (each []error, whole error) {
	all := make([]*runWrite, len(changes))
	for i, c := range changes {
		w, err := storage.NewRunWrite(c, s.Secrets)
		if err != nil {
			return nil, err
		}
		all[i] = &runWrite{w, time.Now()}
	}
	return s.writeGroup(context.Background(), all)
}

// TranslateCode is translateCode.
var TranslateCode = translateCode
