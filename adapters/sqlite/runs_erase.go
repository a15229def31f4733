package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

var (
	updateTexts = prepare(update(runs, ColumnList{runs.UserID, runs.Reference, runs.Metadata, runs.Erased}).
			WHERE(runs.ID.EQ(textParam("id"))))

	updateDisclosures = prepare(update(events, ColumnList{events.Disclosures}).
				WHERE(events.EntityType.EQ(String(audit.RunEntity)).
					AND(events.EntityID.EQ(textParam("id"))).
					AND(events.Seq.EQ(intParam("seq")))))
)

// writeErasure writes what an erasure changes outside the rows of steps: the texts of the run, the disclosures of
// earlier events, and the answers and fingerprints in receipts of the run. For any other change, it does nothing.
func writeErasure(ctx context.Context, t tx, w *storage.RunWrite) error {
	r, c := &w.Row, &w.Change
	if !c.Erases {
		return nil
	}
	if _, err := t.exec(ctx, updateTexts.Bind(args{
		"id": r.ID, "user_id": r.UserID, "reference": r.Reference, "metadata": storage.Metadata(r.Metadata),
		"erased": r.Erased,
	})); err != nil {
		return err
	}
	for _, d := range c.Remaining {
		if _, err := t.exec(ctx, updateDisclosures.Bind(args{"id": r.ID, "seq": d.Seq, "disclosures": d.Text})); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, deleteAnswers.Bind(args{"run_id": r.ID})); err != nil {
		return err
	}
	_, err := t.exec(ctx, eraseFingerprints.Bind(args{"run_id": r.ID, "seq": c.After.Seq}))
	return err
}
