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

func valuesAreReturned(fx *fixture) {
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
	fx.save(definition("p", `{"key":"s","title":"S","slots":[`+strings.Join(slots, ",")+`]},{"key":"t","title":"T"}`))
	r := fx.start("p")
	sub := submission("s", pairs...)
	sub.Origins = map[string]slot.Origin{"v_date": slot.Device}
	after := fx.mustExecute(r.ID, run.Commit{Submission: sub})
	stored := fx.load(r.ID).Run
	require.Empty(fx, projection.Differences(after, stored))
	require.Equal(fx, projection.Changes{}, projection.Diff(after, stored, nil))
	for j, typ := range slot.Types {
		v, issue := after.Version.Steps[0].Slots[j].Check([]byte(values[typ]))
		require.Nil(fx, issue)
		got := stored.Steps[0].Slots[j].Value
		require.True(fx, v.Equal(got), "%s: %s", typ, got.AppendCanonical(nil))
	}
}

func draftsAreReplaced(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	for _, sub := range []run.Submission{
		tick(submission("s", "a", `"one"`, "n", `1.50`, "m", `["x","y"]`), "i", true),
		tick(submission("s", "a", `null`, "m", `["z"]`), "i", false),
		tick(tick(submission("s", "n", `2`), "i", true), "j", true),
	} {
		after := fx.mustExecute(id, run.Draft{Submission: sub})
		require.Empty(fx, projection.Differences(after, fx.load(id).Run))
	}
	committed := fx.mustExecute(id, run.Commit{Submission: submission("s", "m", `null`)})
	require.Empty(fx, projection.Differences(committed, fx.load(id).Run))
	amended := fx.mustExecute(id, run.Amend{
		Submission: tick(submission("s", "n", `null`, "a", `"x"`), "j", false), Reason: "r",
	})
	require.Empty(fx, projection.Differences(amended, fx.load(id).Run))
}

// numbersKeepTheirDigits checks that trailing zeros of a number are stored. Amending 99.50 to 99.5 is a change.
func numbersKeepTheirDigits(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	requireStored := func(digits string) {
		require.Equal(fx, digits, string(fx.load(id).Run.Steps[0].Slots[1].Value.AppendCanonical(nil)))
	}
	values := submission("s", "a", `"one"`, "n", `99.50`)
	fx.mustExecute(id, run.Commit{Submission: tick(tick(values, "i", true), "j", true)})
	requireStored(`"99.50"`)
	fx.mustExecute(id, run.Amend{Submission: submission("s", "n", `99.5`), Reason: "one decimal place"})
	requireStored(`"99.5"`)
}

func sensitiveValuesAreSealed(fx *fixture) {
	fx.save(definition("p", `{"key":"s","title":"S","slots":[
		{"name":"pin","type":"string","sensitive":true,"required":false},
		{"name":"picks","type":"multi_enum","options":["x","y"],"sensitive":true,"required":false},
		{"name":"sum","type":"number","sensitive":true,"required":false}]},{"key":"t","title":"T"}`))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "pin", `"hunter2"`, "picks", `["y","x"]`, "sum", `1.50`)})
	for range 2 { // once after the draft, and once after a commit without these slots
		stored := fx.load(id).Run
		for _, h := range stored.Steps[0].Slots {
			require.Equal(fx, slot.SealedShape, h.Value.Shape())
		}
		values, err := fx.Runs.PlainValues(fx.ctx(), id)
		require.NoError(fx, err)
		require.Len(fx, values, 3)
		for _, p := range values {
			require.NotEqual(fx, slot.SealedShape, p.Value.Shape())
			require.Equal(fx, stored.Steps[0].Slots[p.Slot].Value, p.Value.SealedWith(p.Salt), p.Slot)
		}
		fx.mustExecute(id, run.Commit{Submission: submission("s")})
	}
	fx.mustExecute(id, run.Amend{Submission: submission("s", "pin", `"other"`, "sum", `null`), Reason: "r"})
	values, err := fx.Runs.PlainValues(fx.ctx(), id)
	require.NoError(fx, err)
	require.Len(fx, values, 2, "an amended value is removed; only its digest remains, in the trail")
	before := fx.load(id).Run.Steps[0]
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "pin"})
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "picks"})
	values, err = fx.Runs.PlainValues(fx.ctx(), id)
	require.NoError(fx, err)
	require.Empty(fx, values, "erased values are removed")
	after := fx.load(id).Run.Steps[0]
	for j := range 2 {
		require.True(fx, after.Slots[j].Value.Equal(before.Slots[j].Value), "the seal remains")
		require.NotNil(fx, after.Slots[j].ErasedAt)
	}
	fx.mustExecute(id, run.Amend{Submission: submission("s", "pin", `"other"`), Reason: "given again"})
	values, err = fx.Runs.PlainValues(fx.ctx(), id)
	require.NoError(fx, err)
	require.Len(fx, values, 1, "the erased value is not known, so the same value is a new one")
	again := fx.load(id).Run.Steps[0].Slots[0]
	require.False(fx, again.Value.Equal(after.Slots[0].Value), "it has another salt")
	require.Nil(fx, again.ErasedAt)
	_, err = fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
	for _, e := range fx.trail(audit.RunEntity, id) {
		require.NotContains(fx, e.Canonical, "hunter2")
	}
}

func largeStepsAreStored(fx *fixture) {
	var slots, pairs, options []string
	for i := range 3000 {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"integer","required":false}`, i))
		pairs = append(pairs, fmt.Sprintf("s%d", i), fmt.Sprint(i))
	}
	for i := range 4000 {
		options = append(options, fmt.Sprintf(`"o%d"`, i))
	}
	slots = append(slots, `{"name":"many","type":"multi_enum","options":[`+strings.Join(options, ",")+`]}`)
	fx.save(definition("p", `{"key":"s","title":"S","slots":[`+strings.Join(slots, ",")+`]},{"key":"t","title":"T"}`))
	id := fx.start("p").ID
	pairs = append(pairs, "many", "["+strings.Join(options, ",")+"]")
	fx.mustExecute(id, run.Draft{Submission: submission("s", pairs...)})
	after := fx.mustExecute(id, run.Commit{Submission: submission("s", "s7", "8")})
	require.Empty(fx, projection.Differences(after, fx.load(id).Run))
}

// rowsMatchTheTrail executes random commands. After each one, the rows must hold the run that the service returned. In
// the end, verification must have no findings.
func rowsMatchTheTrail(fx *fixture) {
	n := 0
	rapid.Check(fx.T, func(t *rapid.T) {
		v := *runtest.Version(cel.Language{}).Draw(t, "version")
		def := *v.Definition
		n++
		def.ID = fmt.Sprintf("random-%d", n)
		shown, err := json.Marshal(def.JSON())
		require.NoError(t, err)
		fx.save(string(shown))
		id := fx.start(def.ID).ID
		for range rapid.IntRange(1, 25).Draw(t, "commands") {
			before := fx.load(id)
			c := runtest.Command(t, before.Run)
			after, err := fx.execute(id, c)
			stored := fx.load(id).Run
			if err != nil {
				require.Equal(t, before.Run.Revision, stored.Revision)
				continue
			}
			require.Empty(t, projection.Differences(after, stored))
		}
	})
	_, err := fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}

// carriedValuesAreStored checks the rows of a new visit that begins with the values of the step's previous visit. The
// step s is visited again after a jump back from the step t. It is also visited again when it leads to itself; in this
// case, one command closes the previous visit and opens the new one.
func carriedValuesAreStored(fx *fixture) {
	fx.save(definition("p", `{"key":"s","title":"S","on_return":"keep","slots":[
		{"name":"a","type":"string"},
		{"name":"again","type":"boolean"},
		{"name":"m","type":"multi_enum","options":["x","y"],"required":false},
		{"name":"pin","type":"string","sensitive":true,"required":false},
		{"name":"sum","type":"number","sensitive":true,"required":false}],
		"transitions":[{"when":"again","to":"s"}]},
		{"key":"t","title":"T","slots":[{"name":"ok","type":"boolean"}],"transitions":[{"when":"!ok","to":"s"}]}`))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "pin", `"1"`, "sum", "2.50")})
	fx.mustExecute(id, run.Commit{
		Submission: submission("s", "a", `"x"`, "again", "true", "m", `["y","x"]`, "pin", `"42"`),
	})
	fx.requirePlain(id, map[string]string{"1.pin": `"42"`, "1.sum": "2.50", "2.pin": `"42"`, "2.sum": "2.50"})
	require.Equal(fx, []string{"y", "x"}, fx.load(id).Run.Steps[0].Slots[2].Value.List())
	fx.mustExecute(id, run.Commit{Submission: submission("s", "again", "false", "pin", "null")})
	fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", "false")})
	fx.requirePlain(id, map[string]string{
		"1.pin": `"42"`, "1.sum": "2.50", "2.sum": "2.50", "3.sum": "2.50",
	})
	require.Equal(fx, "x", fx.load(id).Run.Steps[0].Slots[0].Value.Text())
	_, err := fx.verifier.All(fx.ctx(), verify.Options{Rules: true}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}

// requirePlain checks the unsealed sensitive values of the first step. The keys have the form "visit.slot".
func (fx *fixture) requirePlain(id string, want map[string]string) {
	fx.Helper()
	values, err := fx.Runs.PlainValues(fx.ctx(), id)
	require.NoError(fx, err)
	got := map[string]string{}
	def := fx.load(id).Run.Version.Steps[0]
	for _, v := range values {
		got[fmt.Sprintf("%d.%s", v.Visit, def.Slots[v.Slot].Name)] = string(v.Value.AppendRaw(nil))
	}
	require.Equal(fx, want, got)
}

func divergencesAreStored(fx *fixture) {
	fx.save(definition("p", `{"key":"s","title":"S","slots":[
		{"name":"a","type":"string"},
		{"name":"b","type":"string","when":"a == 'x'"}],
		"checklist_items":[{"key":"i","label":"I","required":true,"when":"a == 'x'"}]},
		{"key":"t","title":"T","when":"s.a == 'x'"},{"key":"u","title":"U"}`))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Commit{Submission: submission("s", "a", `"y"`)})
	amend := func(sub run.Submission) run.Run {
		return fx.mustExecute(id, run.Amend{Submission: sub, Reason: "because"})
	}
	after := amend(tick(submission("s", "a", `"x"`, "b", `"z"`), "i", true))
	require.True(fx, after.Diverged())
	require.Equal(fx, after, fx.load(id).Run)
	after = amend(submission("s", "a", `"y"`))
	require.False(fx, after.Diverged())
	require.Equal(fx, after, fx.load(id).Run)
	amend(tick(submission("s", "a", `"x"`, "b", `"z"`), "i", true))
	_, err := fx.verifier.All(fx.ctx(), verify.Options{Rules: true}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}
