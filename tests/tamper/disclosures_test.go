package tamper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// setDisclosures replaces the disclosures of an event.
func (h *history) setDisclosures(name string, seq int64, text string) {
	h.Helper()
	n, err := h.exec(fmt.Sprintf("UPDATE audit_events SET disclosures = %s WHERE entity_id = %s AND seq = %d",
		quoted(text), quoted(h.runs[name]), seq))
	require.NoError(h, err)
	require.EqualValues(h, 1, n)
}

// edits are functions that change the disclosure with index i of an event.
var edits = map[string]func(all audit.Disclosures, i int) audit.Disclosures{
	"its value": func(all audit.Disclosures, i int) audit.Disclosures {
		all[i].Value = []byte(`"another"`)
		return all
	},
	"its salt": func(all audit.Disclosures, i int) audit.Disclosures { all[i].Salt[15]++; return all },
	"its place": func(all audit.Disclosures, i int) audit.Disclosures {
		all[i].Place += "x"
		return all
	},
	"its place, to one that has no commitment": func(all audit.Disclosures, i int) audit.Disclosures {
		all[i].Place = "/visit"
		return all
	},
	"removed": func(all audit.Disclosures, i int) audit.Disclosures { return all.Without([]string{all[i].Place}) },
	"another added": func(all audit.Disclosures, _ int) audit.Disclosures {
		return append(all, audit.Disclosure{Place: "/added", Value: []byte(`"x"`), Salt: commitment.Salt{1}})
	},
	"all removed": func(audit.Disclosures, int) audit.Disclosures { return nil },
}

func TestEveryChangedDisclosureIsDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		detected := 0
		for _, name := range []string{"all", "back", "newer"} {
			for _, e := range h.events(name) {
				count, err := audit.ParseDisclosures(e.Disclosures)
				require.NoError(h, err)
				for i := range count {
					for edit, change := range edits {
						all, err := audit.ParseDisclosures(e.Disclosures)
						require.NoError(h, err)
						h.setDisclosures(name, e.Seq, change(all, i).Text())
						require.NotEmpty(h, h.verify(verify.Trust{}), "%s %d %s: %s", name, e.Seq, count[i].Place, edit)
						detected++
					}
				}
				h.setDisclosures(name, e.Seq, e.Disclosures)
			}
		}
		require.Greater(h, detected, 200)
		require.Empty(h, h.verify(verify.Trust{}))
	})
}

// A text in the column disclosures that is not exactly in the form of Disclosures.Text gives a finding, not an error.
func TestUnreadableDisclosuresAreDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		e := h.events("all")[0]
		require.NotEmpty(h, e.Disclosures)
		for _, text := range []string{
			"x", "{", "{}", "[]", "null", e.Disclosures + " ", e.Disclosures + e.Disclosures,
			strings.Replace(e.Disclosures, `":{`, `": {`, 1),
			strings.Replace(e.Disclosures, `"salt":"`, `"salt":"A`, 1),
			strings.Replace(e.Disclosures, `"salt"`, `"pepper"`, 1),
			strings.TrimSuffix(e.Disclosures, "}") + "," + e.Disclosures[1:], // the text has every place twice
		} {
			h.setDisclosures("all", 1, text)
			require.NotEmpty(h, h.verify(verify.Trust{}), text)
		}
	})
}

// A forger puts back an erased disclosure, or removes a disclosure without an erasure.
func TestErasuresThatDoNotMatchTheDisclosuresAreDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		require.Contains(h, h.erased.Disclosures, "/slots/count")
		h.setDisclosures("back", countSeq, h.erased.Disclosures)
		require.Contains(h, strings.Join(h.verify(verify.Trust{}), "\n"),
			"event 7: the disclosure at /slots/count is still present, although it was erased")
		h.mustExec(`UPDATE run_slot_values SET value_number = '1', erased_at = NULL WHERE slot_name = 'count'`)
		require.NotEmpty(h, h.verify(verify.Trust{}), "restored in the row, too")
		h.restore(verifiedTables...)

		all, err := audit.ParseDisclosures(h.events("back")[countSeq-1].Disclosures)
		require.NoError(h, err)
		h.setDisclosures("back", countSeq, all.Without([]string{"/slots/hours"}).Text())
		h.mustExec(`UPDATE run_slot_values SET value_number = NULL,
			erased_at = (SELECT max(erased_at) FROM run_slot_values WHERE slot_name = 'count') WHERE slot_name = 'hours'`)
		require.Contains(h, strings.Join(h.verify(verify.Trust{}), "\n"),
			"event 7: the disclosure at /slots/hours is missing, and no erasure names it")
	})
}

// The erasure comes after the last checkpoint. A forger can therefore change the places that it names, and compute its
// hash again.
func TestAnErasureThatNamesOtherPlacesIsDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		events := h.events("back")
		seq := events[len(events)-1].Seq
		require.Equal(h, string(run.ActionContentErased), events[len(events)-1].Action)
		replace := func(old, changed string) func(*forged) bool {
			return func(e *forged) bool {
				require.Contains(h, string(e.Payload), old)
				e.Payload = bytes.ReplaceAll(e.Payload, []byte(old), []byte(changed))
				return false
			}
		}
		for name, edit := range map[string]func(*forged) bool{
			"another place":        replace("/slots/count", "/slots/hours"),
			"a place of no text":   replace("/slots/count", "/visit"),
			"another event":        replace(`"seq":7`, `"seq":6`),
			"one place more":       replace(`"places":[`, `"places":[{"place":"/slots/hours","seq":7},`),
			"an event to come":     replace(`"places":[`, `"places":[{"place":"/reason","seq":99},`),
			"another slot":         replace(`"slot":"count"`, `"slot":"hours"`),
			"another visit":        replace(`"visit":1`, `"visit":2`),
			"no event":             func(*forged) bool { return true },
			"places of no erasure": func(e *forged) bool { e.Action = "step.committed"; return false },
		} {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				h.forge("back", seq, edit).feed()
				require.NotEmpty(h, h.verify(verify.Trust{}))
			})
		}
		h.restore(verifiedTables...)
		h.forge("back", seq, func(*forged) bool { return false })
		require.Empty(h, h.verify(verify.Trust{}), "a forgery that changes nothing")
	})
}

// A forger appends an event of version 1 of the hashed form, which has no disclosures.
func TestAnEventOfTheOlderFormAfterOneOfTheNewerIsDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		events := h.events("newer")
		last := events[len(events)-1]
		require.True(h, strings.HasSuffix(last.Canonical, `"v":2}`))
		payload, opened := hashedPayload(h, last), last.Open().Payload
		canonical := strings.Replace(last.Canonical, string(payload), string(opened), 1)
		canonical = strings.TrimSuffix(canonical, `"v":2}`) + `"v":1}`
		prev, err := hex.DecodeString(last.PrevHash)
		require.NoError(h, err)
		sum := sha256.Sum256(append(prev, canonical...))
		where := fmt.Sprintf(" WHERE entity_id = %s AND seq = %d", quoted(h.runs["newer"]), last.Seq)
		h.mustExec("UPDATE audit_events SET disclosures = '', canonical = " + quoted(canonical) + ", hash = " +
			quoted(hex.EncodeToString(sum[:])) + where)
		h.mustExec("UPDATE runs SET head_hash = " + quoted(hex.EncodeToString(sum[:])) + " WHERE id = " +
			quoted(h.runs["newer"]))
		require.Equal(h, []string{fmt.Sprintf("run %s event %d: it has an older form than the event before it",
			h.runs["newer"], last.Seq)}, h.verify(verify.Trust{}))
	})
}
