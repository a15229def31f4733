package audit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// After a restore from a backup, other events come under the numbers of those that were lost. A receiver that drops
// what it already has must keep both.
func TestDeliveriesAreToldApartByTheirContent(t *testing.T) {
	event := func(actor string) audit.FeedRecord {
		e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
			Action: "run.created", Actor: actor, Payload: []byte(`{}`),
			OccurredAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		})
		require.NoError(t, err)
		return audit.FeedRecord{Cursor: audit.Cursor{Entity: e.Entity, Seq: e.Seq}, Event: &e}
	}
	ann, bob := event("ann"), event("bob")
	require.Equal(t, ann.ID(), bob.ID())
	require.NotEqual(t, ann.DeliveryID(), bob.DeliveryID())
	require.Equal(t, "r/1/"+ann.Event.Hash[:16], ann.DeliveryID())
	erased := *ann.Event
	erased.Disclosures = ""
	require.Equal(t, ann.DeliveryID(), audit.FeedRecord{Cursor: ann.Cursor, Event: &erased}.DeliveryID())

	checkpoint := func(note string) string {
		return audit.FeedRecord{Cursor: audit.Cursor{Entity: audit.CheckpointNumbered(3), Seq: 3}, Note: note}.DeliveryID()
	}
	require.Regexp(t, `^checkpoint/3/[0-9a-f]{16}$`, checkpoint("a\n\n— log x\n"))
	require.NotEqual(t, checkpoint("a\n\n— log x\n"), checkpoint("b\n\n— log x\n"))
	require.Equal(t, checkpoint("a\n\n— log x\n"), checkpoint("a\n\n— log x\n— witness y\n"),
		"a witness has cosigned it since")
}
