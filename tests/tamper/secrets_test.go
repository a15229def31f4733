package tamper

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// visited is a definition of which each run has encrypted values in two slots, two steps and two visits.
const visited = `{"id":"visited","name":"V","steps":[
	{"key":"s","title":"S","slots":[{"name":"a","type":"string","sensitive":true},{"name":"b","type":"string","sensitive":true}]},
	{"key":"t","title":"T","slots":[{"name":"a","type":"string","sensitive":true},{"name":"ok","type":"boolean"}],
		"transitions":[{"when":"!ok","to":"s"}]}]}`

func TestAnEncryptedValueThatWasAlteredOrMovedIsDetectedAndNotRead(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t)
			k, err := secrets.Generate()
			require.NoError(t, err)
			v.secrets = k
			h := v.populate()
			h.save(visited)
			for _, one := range []string{"one", "two"} {
				h.start(one, "visited")
				for _, ok := range []string{"false", "true"} {
					h.execute(one, run.Commit{Submission: submission("s", "a", `"x"`, "b", `"x"`)})
					h.execute(one, run.Commit{Submission: submission("t", "a", `"x"`, "ok", ok)})
				}
			}
			v.unprotect()
			require.Empty(t, v.verify(verify.Trust{}), "before any tampering")
			moved := v.moves()
			require.GreaterOrEqual(t, len(moved), 12*11, "each encrypted value in the place of each other")
			for _, x := range append(moved, v.tamperings(name, "run_slot_values")...) {
				v.detects(x)
			}
			require.Empty(t, v.verify(verify.Trust{}), "restored")

			id := h.runs["one"]
			v.mustExec("UPDATE run_slot_values SET sealed = (SELECT o.sealed FROM run_slot_values o WHERE o.slot_name = 'b' AND" +
				" o.visit = 1 AND o.run_id = run_slot_values.run_id) WHERE slot_name = 'a' AND step_key = 's' AND visit = 1")
			values, err := v.storage().App.Runs.PlainValues(t.Context(), id)
			require.NoError(t, err)
			unread := 0
			for _, p := range values {
				if p.Err != nil {
					unread++
				}
			}
			require.Equal(t, 1, unread, "a value from another slot is not read, and others are")
		})
	}
}

// moves returns statements that put each encrypted value in the place of each other, with its digest or without.
func (v *target) moves() (all []tampering) {
	v.Helper()
	query := "run_id || ' ' || step_key || ' ' || visit || ' ' || slot_name"
	if v.postgres {
		query = "run_id::text || ' ' || step_key || ' ' || visit || ' ' || slot_name"
	}
	places := v.texts("SELECT " + query + " FROM run_slot_values WHERE sealed IS NOT NULL ORDER BY 1")
	for i, to := range places {
		for _, from := range places {
			if from == to {
				continue
			}
			source := fmt.Sprintf("(SELECT %%s FROM kept_run_slot_values WHERE %s = '%s')", query, from)
			set := "sealed = " + fmt.Sprintf(source, "sealed")
			if i%2 == 0 {
				set += ", digest = " + fmt.Sprintf(source, "digest")
			}
			all = append(all, tampering{
				fmt.Sprintf("UPDATE run_slot_values SET %s WHERE %s = '%s'", set, query, to), "run_slot_values",
			})
		}
	}
	return all
}
