package tamper

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/verify"
)

// fixedClock always has the same time.
type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

// at makes the service write with a clock of another time.
func (h *history) at(now time.Time) {
	h.Helper()
	p := h.storage().App
	p.Clock, p.Random = fixedClock{now}, system.Random{}
	h.service = apptest.New(p)
}

// verifyRun verifies one run, and requires that there is one finding or warning.
func (h *history) verifyRun(name string) *app.RunVerification {
	h.Helper()
	v, err := h.service.VerifyRun(h.Context(), h.runs[name], func() {})
	require.NoError(h, err)
	require.Len(h, v.Findings, 1)
	return &v
}

// TestEventsOfAnotherTimeAreReported writes events in which only the times are wrong. Somebody who writes to the
// database can compute everything else.
func TestEventsOfAnotherTimeAreReported(t *testing.T) {
	old := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).populate()
			require.Empty(t, h.verify(verify.Trust{}))

			h.at(time.Now().UTC().Add(-time.Hour).Truncate(time.Microsecond))
			h.start("corrected", "typed")
			found := h.verify(verify.Trust{})
			require.Len(t, found, 1)
			require.Contains(t, found[0], "warning: run "+h.runs["corrected"]+" event 1: its time is ")
			require.Contains(t, found[0], " before that of the checkpoint that it follows")

			require.True(t, h.verifyRun("corrected").Valid(), "a clock that was set back is only warned of")

			h.at(old)
			h.start("old", "typed")
			require.False(t, h.verifyRun("old").Valid())
			all := strings.Join(h.verify(verify.Trust{}), "\n")
			require.Regexp(t, "(?m)^run "+h.runs["old"]+" event 1: its time is .* of the checkpoint that it follows$", all)

			h.at(time.Now().UTC().Truncate(time.Microsecond))
			h.checkpoint() // what was found before stays, whatever covers it
			require.Equal(t, all, strings.Join(h.verify(verify.Trust{}), "\n"))
			require.True(t, h.verifyRun("corrected").Valid())
			require.False(t, h.verifyRun("old").Valid())
		})
	}
}

// TestATimeBeforeThePreviousEventIsReported forges the time of one event, and all that depends on it. The service never
// gives an event an earlier time than the one before.
func TestATimeBeforeThePreviousEventIsReported(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		for by, warning := range map[time.Duration]string{-time.Hour: "warning: ", -240000 * time.Hour: ""} {
			h.restore(verifiedTables...)
			h.forge("all", refusalSeq, func(e *forged) bool { e.OccurredAt = e.OccurredAt.Add(by); return false }).feed()
			require.Regexp(h, "(?m)^"+warning+"run "+h.runs["all"]+" event 7: its time is .* of the previous event$",
				strings.Join(h.verify(verify.Trust{}), "\n"))
		}
	})
}

var _ app.Clock = fixedClock{}
