package contract

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

func valuesAreReturned(w *world) {
	values := map[slot.Type]string{
		slot.String: `"O’Brien '; DROP TABLE runs; -- é😀"`, slot.LongText: `"two\nlines\ttabbed"`,
		slot.Integer: `12345678901234567890`,
		slot.Decimal: `-0.000000000000000000000000000000000000000000000000000000000001`,
		slot.Bool:    `false`, slot.DateOnly: `"0001-01-01"`,
		slot.DateTime: `"2026-11-23T09:30:00.123456789+05:30"`, slot.TimeOfDay: `"23:59:59.999999999"`,
		slot.Enum: `"y"`, slot.MultiEnum: `["z","x","y"]`, slot.Email: `"a@example.org"`,
		slot.Phone: `"+33 1 23 45 67 89"`, slot.URL: `"https://example.org/?q=é"`,
	}
	var slots, pairs []string
	for _, typ := range slot.Types {
		options := ""
		if typ == slot.Enum || typ == slot.MultiEnum {
			options = `,"options":["x","y","z"]`
		}
		slots = append(slots, fmt.Sprintf(`{"name":"v_%s","type":"%s"%s}`, typ, typ, options))
		pairs = append(pairs, "v_"+string(typ), values[typ])
	}
	w.save(plain("p", `{"key":"s","title":"S","slots":[`+strings.Join(slots, ",")+`]},{"key":"t","title":"T"}`))
	r := w.start("p")
	sub := say("s", pairs...)
	sub.Origins = map[string]slot.Origin{"v_date": slot.Device}
	after := w.must(r.ID, run.Commit{Submission: sub})
	stored := w.load(r.ID).Run
	require.Empty(w, projection.Differences(after, stored))
	require.Equal(w, projection.Changes{}, projection.Diff(after, stored, nil))
	for j, typ := range slot.Types {
		v, issue := after.Version.Steps[0].Slots[j].Check([]byte(values[typ]))
		require.Nil(w, issue)
		got := stored.Steps[0].Slots[j].Value
		require.True(w, v.Equal(got), "%s: %s", typ, got.AppendCanonical(nil))
	}
}

func draftsAreReplaced(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	for _, sub := range []run.Submission{
		tick(say("s", "a", `"one"`, "n", `1.50`, "m", `["x","y"]`), "i", true),
		tick(say("s", "a", `null`, "m", `["z"]`), "i", false),
		tick(tick(say("s", "n", `2`), "i", true), "j", true),
	} {
		after := w.must(id, run.Draft{Submission: sub})
		require.Empty(w, projection.Differences(after, w.load(id).Run))
	}
	committed := w.must(id, run.Commit{Submission: say("s", "m", `null`)})
	require.Empty(w, projection.Differences(committed, w.load(id).Run))
	amended := w.must(id, run.Amend{Submission: tick(say("s", "n", `null`, "a", `"x"`), "j", false), Reason: "r"})
	require.Empty(w, projection.Differences(amended, w.load(id).Run))
}

// The digits of a number are part of its value: 99.50 says more than 99.5, and an amendment may change only them.
func numbersKeepTheirDigits(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	requireStored := func(digits string) {
		require.Equal(w, digits, string(w.load(id).Run.Steps[0].Slots[1].Value.AppendCanonical(nil)))
	}
	w.must(id, run.Commit{Submission: tick(tick(say("s", "a", `"one"`, "n", `99.50`), "i", true), "j", true)})
	requireStored(`"99.50"`)
	w.must(id, run.Amend{Submission: say("s", "n", `99.5`), Reason: "one decimal place"})
	requireStored(`"99.5"`)
}

func sensitiveValues(w *world) {
	w.save(plain("p", `{"key":"s","title":"S","slots":[
		{"name":"pin","type":"string","sensitive":true,"required":false},
		{"name":"picks","type":"multi_enum","options":["x","y"],"sensitive":true,"required":false},
		{"name":"sum","type":"number","sensitive":true,"required":false}]},{"key":"t","title":"T"}`))
	id := w.start("p").ID
	w.must(id, run.Draft{Submission: say("s", "pin", `"hunter2"`, "picks", `["y","x"]`, "sum", `1.50`)})
	for range 2 { // the second time after a commit that does not name them
		stored := w.load(id).Run
		for _, h := range stored.Steps[0].Slots {
			require.Equal(w, slot.SealedShape, h.Value.Shape())
		}
		values, err := w.Runs.PlainValues(w.ctx(), id)
		require.NoError(w, err)
		require.Len(w, values, 3)
		for _, p := range values {
			require.NotEqual(w, slot.SealedShape, p.Value.Shape())
			require.True(w, stored.Steps[0].Slots[p.Slot].Value.Equal(p.Value), p.Slot)
		}
		w.must(id, run.Commit{Submission: say("s")})
	}
	w.must(id, run.Amend{Submission: say("s", "pin", `"other"`, "sum", `null`), Reason: "r"})
	values, err := w.Runs.PlainValues(w.ctx(), id)
	require.NoError(w, err)
	require.Len(w, values, 2, "of the original of an amendment only the digest remains, in the trail")
	before := w.load(id).Run.Steps[0]
	w.must(id, run.Erase{Step: "s", Slot: "pin"})
	w.must(id, run.Erase{Step: "s", Slot: "picks"})
	values, err = w.Runs.PlainValues(w.ctx(), id)
	require.NoError(w, err)
	require.Empty(w, values, "erased values are removed")
	after := w.load(id).Run.Steps[0]
	for j := range 2 {
		require.True(w, after.Slots[j].Value.Equal(before.Slots[j].Value), "the seal remains")
		require.False(w, after.Slots[j].ErasedAt.IsZero())
	}
	again := say("s", "pin", `"other"`)
	again.Origins = map[string]slot.Origin{"pin": slot.Agent}
	w.must(id, run.Amend{Submission: again, Reason: "the same, of another origin"})
	values, err = w.Runs.PlainValues(w.ctx(), id)
	require.NoError(w, err)
	require.Empty(w, values, "an equal value keeps its seal and remains erased")
	w.must(id, run.Amend{Submission: say("s", "pin", `"new"`), Reason: "another"})
	values, err = w.Runs.PlainValues(w.ctx(), id)
	require.NoError(w, err)
	require.Len(w, values, 1)
	_, err = w.verifier.All(w.ctx(), verify.Options{}, func(f audit.Finding) { w.Errorf("%s", f) })
	require.NoError(w, err)
	for _, e := range w.trail(audit.RunEntity, id) {
		require.NotContains(w, e.Canonical, "hunter2")
	}
}

func largeSteps(w *world) {
	var slots, pairs, options []string
	for i := range 3000 {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"integer","required":false}`, i))
		pairs = append(pairs, fmt.Sprintf("s%d", i), fmt.Sprint(i))
	}
	for i := range 4000 {
		options = append(options, fmt.Sprintf(`"o%d"`, i))
	}
	slots = append(slots, `{"name":"many","type":"multi_enum","options":[`+strings.Join(options, ",")+`]}`)
	w.save(plain("p", `{"key":"s","title":"S","slots":[`+strings.Join(slots, ",")+`]},{"key":"t","title":"T"}`))
	id := w.start("p").ID
	w.must(id, run.Draft{Submission: say("s", append(pairs, "many", "["+strings.Join(options, ",")+"]")...)})
	after := w.must(id, run.Commit{Submission: say("s", "s7", "8")})
	require.Empty(w, projection.Differences(after, w.load(id).Run))
}

// randomWalks executes random commands: the rows are always the fold of the trail, and verification finds nothing.
func randomWalks(w *world) {
	n := 0
	rapid.Check(w.T, func(t *rapid.T) {
		v := *runtest.Version(cel.Language{}).Draw(t, "version")
		def := *v.Definition
		n++
		def.ID = fmt.Sprintf("random-%d", n)
		shown, err := json.Marshal(def.JSON())
		require.NoError(t, err)
		w.save(string(shown))
		id := w.start(def.ID).ID
		for range rapid.IntRange(1, 25).Draw(t, "commands") {
			before := w.load(id)
			c := runtest.Command(t, before.Run)
			after, err := w.execute(id, c)
			stored := w.load(id).Run
			if err != nil {
				require.Equal(t, before.Run.Revision, stored.Revision)
				continue
			}
			require.Empty(t, projection.Differences(after, stored))
		}
	})
	_, err := w.verifier.All(w.ctx(), verify.Options{}, func(f audit.Finding) { w.Errorf("%s", f) })
	require.NoError(w, err)
}
