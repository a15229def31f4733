package postgres

import (
	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

var (
	updateTexts = prepare(update(runs, ColumnList{runs.UserID, runs.Reference, runs.Metadata, runs.Erased}).
			WHERE(runs.ID.EQ(textParam("id"))))

	updateDisclosures = prepare(update(events, ColumnList{events.Disclosures}).
				WHERE(events.EntityType.EQ(String(audit.RunEntity)).
					AND(events.EntityID.EQ(textParam("entity_id"))).
					AND(events.Seq.EQ(intParam("seq")))))
)

// queueErasure adds to a batch what an erasure changes outside the rows of steps: the texts of the run, the disclosures
// of earlier events, and the answers and fingerprints in receipts of the run. For any other change, it adds nothing. If
// the run has not moved, the whole batch fails with app.ErrMoved.
func queueErasure(b *pgx.Batch, w *runWrite) {
	r, c := &w.Row, &w.Change
	if !c.Erases {
		return
	}
	queue(b, checkMoved.Bind(args{"id": r.ID, "head_hash": r.Head.Hash}))
	queue(b, updateTexts.Bind(args{
		"id": r.ID, "user_id": r.UserID, "reference": r.Reference, "metadata": storage.Metadata(r.Metadata),
		"erased": r.Erased,
	}))
	for _, d := range c.Remaining {
		queue(b, updateDisclosures.Bind(args{"entity_id": r.ID, "seq": d.Seq, "disclosures": d.Text}))
	}
	queue(b, deleteAnswers.Bind(args{"run_id": r.ID}))
	queue(b, eraseFingerprints.Bind(args{"run_id": r.ID, "seq": c.After.Seq}))
}
