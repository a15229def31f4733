package verify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
)

func TestTimesThatRunBackwardsAreReported(t *testing.T) {
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	inLog := false
	found := func(version int64, at time.Time, after ...time.Duration) (texts []string) {
		checkpoint := checkpointTime{at, inLog}
		var c timeCheck
		for i, d := range after {
			e := audit.Event{Entity: audit.Run("r"), Seq: int64(i + 1), OccurredAt: start.Add(d)}
			c.next(&e, version, checkpoint, func(f audit.Finding) { texts = append(texts, i18n.Accept("en").Finding(f)) })
		}
		return texts
	}
	none := time.Time{}
	require.Empty(t, found(2, none, 0, 0, time.Hour))
	require.Empty(t, found(2, none, 0, -audit.ClockTolerance), "clocks of replicas differ")
	require.Equal(t, []string{"warning: run r event 2: its time is 24h0m0s before that of the previous event"},
		found(2, none, 0, -correction, 0))
	require.Equal(t, []string{"run r event 3: its time is 24h0m0.000001s before that of the previous event"},
		found(2, none, 0, time.Second, time.Second-correction-time.Microsecond, 0))
	require.Equal(t, []string{"warning: run r event 2: its time is 876000h0m0s before that of the previous event"},
		found(1, none, 0, -876000*time.Hour), "events of version 1 were stamped by any clock")

	require.Empty(t, found(2, start, -underWay, 0))
	require.Equal(t, []string{"warning: run r event 1: its time is 1h0m0s before that of the checkpoint that it follows"},
		found(2, start, -time.Hour, -time.Hour+time.Second), "it is said once")
	require.Equal(t, []string{"run r event 1: its time is 48h0m0s before that of the checkpoint that it follows"},
		found(2, start, -48*time.Hour))

	require.Equal(t, []string{"warning: run r event 1: its time is 48h0m0s before that of the checkpoint that it follows"},
		found(1, start, -48*time.Hour))
	inLog = true
	require.Equal(t, []string{"run r event 1: its time is 48h0m0s before that of the checkpoint that it follows"},
		found(1, start, -48*time.Hour), "no release that makes such a checkpoint records events of version 1")
}
