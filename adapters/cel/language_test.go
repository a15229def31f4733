package cel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
)

var steps = []condition.Step{
	{Key: "triage", Slots: []condition.Slot{
		{Name: "severity", Kind: condition.Text, Options: []string{"low", "high"}},
		{Name: "count", Kind: condition.Integer},
		{Name: "rate", Kind: condition.Double},
		{Name: "ok", Kind: condition.Boolean},
		{Name: "at", Kind: condition.Timestamp},
		{Name: "parts", Kind: condition.List},
		{Name: "pin", Kind: condition.Text, Sensitive: true},
		{Name: "note", Kind: condition.Text},
	}},
	{Key: "the-key", Slots: []condition.Slot{{Name: "x", Kind: condition.Integer}}},
	{Key: "last", Slots: []condition.Slot{
		{Name: "note", Kind: condition.Text}, {Name: "triage", Kind: condition.Integer},
	}},
	{Key: "third", Slots: []condition.Slot{{Name: "own", Kind: condition.Text}}},
}

// fixedValues holds slot values by "step.slot", and the run's metadata under "metadata".
type fixedValues map[string]any

func (v fixedValues) Value(step, slot int) any {
	return v[steps[step].Key+"."+steps[step].Slots[slot].Name]
}

func (v fixedValues) Metadata() map[string]any {
	m, _ := v["metadata"].(map[string]any)
	return m
}

// compile compiles a valid expression of step "third".
func compile(t testing.TB, source string) condition.Expression {
	t.Helper()
	e, findings := cel.Language{}.Scope(steps, condition.Binary).Compile(3, source)
	require.Empty(t, findings, source)
	return e
}

func TestEval(t *testing.T) {
	values := fixedValues{
		"triage.severity": "high", "triage.count": int64(3), "triage.rate": 2.5, "triage.ok": true,
		"triage.at": time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC), "triage.parts": []string{"a", "b"},
		"the-key.x": int64(7), "third.own": "mine", "last.triage": int64(1),
		"metadata": map[string]any{"region": "west", "n": 3.0, "tags": []any{"x"}, "on": true, "bad": nil},
	}
	for source, want := range map[string]bool{
		`triage.severity == 'high'`:                                       true,
		`triage.severity in ['low', 'other']`:                             false,
		`triage.count > 2 && triage.rate > 2.0`:                           true,
		`triage.count * 2 == 6`:                                           true,
		`triage.ok`:                                                       true,
		`!triage.ok`:                                                      false,
		`triage.at > timestamp('2026-01-01T00:00:00Z')`:                   true,
		`triage.at.getHours() == 14`:                                      true,
		`triage.at.getHours('+01:00') == 15`:                              true,
		`'a' in triage.parts`:                                             true,
		`triage.parts.exists(p, p == 'b')`:                                true,
		`triage.parts.all(triage, triage.size() == 1)`:                    true, // the variable hides the step
		`size(triage.parts) == 2`:                                         true,
		`has(triage.note)`:                                                false,
		`has(triage.note) && triage.note == 'x'`:                          false,
		`!has(triage.note) || triage.note == 'x'`:                         true,
		`triage.?note.orValue('none') == 'none'`:                          true,
		`steps["the-key"].x == 7`:                                         true,
		`has(steps["the-key"].x)`:                                         true,
		`steps["triage"].?note.hasValue()`:                                false,
		`own == 'mine'`:                                                   true,
		`has(own)`:                                                        true,
		`has(third.own) && third.own.startsWith('m')`:                     true,
		`own.matches('^[a-z]+$')`:                                         true,
		`run.metadata.region == 'west'`:                                   true,
		`run.metadata['region'] == 'west'`:                                true,
		`run.metadata.n == 3`:                                             true,
		`has(run.metadata.absent)`:                                        false,
		`run.metadata.?absent.orValue('x') == 'x'`:                        true,
		`run.metadata.on`:                                                 true,
		`'x' in run.metadata.tags`:                                        true,
		`run.metadata.exists(k, k == 'region')`:                           true,
		`triage.count == 3 ? triage.ok : has(triage.note)`:                true,
		"triage.count == 3 &&\n  triage.ok":                               true,
		`string(triage.count) == '3'`:                                     true,
		`[1, 2, 3].exists(x, x == triage.count)`:                          true,
		`duration('60s') < triage.at - timestamp('2026-11-23T00:00:00Z')`: true,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := compile(t, source).Eval(values, nil)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	own, findings := cel.Language{}.Scope(steps, condition.Binary).Compile(2, `triage == 1`)
	require.Empty(t, findings, "a slot of the own step hides a step of that name")
	got, err := own.Eval(values, nil)
	require.NoError(t, err)
	require.True(t, got)
}

func TestFindingsHavePositions(t *testing.T) {
	for source, want := range map[string]string{
		`triage.severity = 'high'`:                "condition 1:17",
		`triage.severity ==`:                      "condition 1:19",
		``:                                        "condition 1:1",
		`nothing == 1`:                            "condition_unknown 1:1 nothing",
		`triage.colour == 'red'`:                  "condition_unknown 1:7 triage.colour",
		`has(colour)`:                             "condition_unknown 1:4 colour",
		`steps["no"].x == 1`:                      "condition_unknown 1:6 no",
		`steps[own].x == 1`:                       "condition_type 1:6",
		`triage == triage`:                        "condition_type 1:1",
		`run == run`:                              "condition_type 1:1",
		`run.id == 'x'`:                           "condition_unknown 1:4 run.id",
		`triage.count == 'x'`:                     "condition_type 1:14",
		`triage.rate > 10`:                        "condition_type 1:13",
		`triage.count`:                            "condition_type 1:7",
		`triage.ok &&` + "\n" + `  own == 1`:      "condition_type 2:7",
		`triage.pin == 'x'`:                       "condition_sensitive 1:7 triage.pin",
		`has(triage.pin)`:                         "condition_sensitive 1:4 triage.pin",
		`triage.?pin.hasValue()`:                  "condition_sensitive 1:7 triage.pin",
		`triage.at.getHours('Europe/Paris') == 1`: "condition_type 1:19",
		`{'a': 1}.size() == 1`:                    "condition_type 1:1",
		`1 / 0 == 1`:                              "condition 1:7",
		`triage.severity.matches('[')`:            "condition",
		strings.Repeat("x", cel.MaxLength+1):      "condition_limit",
	} {
		t.Run(fmt.Sprintf("%.80s", source), func(t *testing.T) {
			e, findings := cel.Language{}.Scope(steps, condition.Binary).Compile(3, source)
			require.Nil(t, e)
			require.NotEmpty(t, findings)
			f := findings[0]
			got := f.Code
			if f.Params["column"] != nil {
				got += fmt.Sprintf(" %d:%d", f.Params["line"], f.Params["column"])
			}
			if f.Params["name"] != nil {
				got += " " + f.Params["name"].(string)
			}
			require.True(t, strings.HasPrefix(got, want), "%s, not %s: %v", got, want, f.Params)
			require.NotContains(t, fmt.Sprint(f.Params), "step_")
		})
	}
}

func TestReadsAreGuardedThroughOperators(t *testing.T) {
	for source, want := range map[string]string{
		`triage.note == 'x'`:                                              "note",
		`has(triage.note) && triage.note == 'x'`:                          "note! note!",
		`triage.note == 'x' && has(triage.note)`:                          "note! note!",
		`!has(triage.note) || triage.note == 'x'`:                         "note! note!",
		`has(triage.note) || triage.note == 'x'`:                          "note! note",
		`has(triage.note) ? triage.note == 'x' : triage.ok`:               "note! note! ok",
		`has(triage.note) ? triage.ok : triage.note == 'x'`:               "note! ok note",
		`!(has(triage.note) && triage.ok) || triage.note == 'x'`:          "note! ok note!",
		`!(!has(triage.note)) && triage.note == 'x'`:                      "note! note!",
		`(has(triage.note) || triage.ok) && triage.note == 'x'`:           "note! ok note",
		`triage.?note.orValue('') == 'x'`:                                 "note!",
		`has(triage.note) && triage.parts.all(p, p == triage.note)`:       "note! parts note!",
		`run.metadata.region == triage.note && run.metadata['zone'] == 1`: "metadata.region note metadata.zone",
		`size(run.metadata) == 1`:                                         "metadata.",
	} {
		t.Run(source, func(t *testing.T) {
			var got []string
			for _, r := range compile(t, source).Reads() {
				name := "metadata." + r.Metadata
				if r.Step >= 0 {
					name = steps[r.Step].Slots[r.Slot].Name
				}
				if r.Guarded {
					name += "!"
				}
				got = append(got, name)
			}
			require.Equal(t, want, strings.Join(got, " "))
		})
	}
}

func TestConstant(t *testing.T) {
	for source, want := range map[string]string{
		`true`:                                    "always",
		`1 == 2`:                                  "never",
		`triage.severity == 'purple'`:             "never",
		`triage.severity != 'purple'`:             "always",
		`'purple' == triage.severity || false`:    "never",
		`triage.severity in ['a', 'b']`:           "never",
		`triage.severity in ['high', 'low', 'x']`: "always",
		`triage.ok && false`:                      "never",
		`triage.ok || true`:                       "always",
		`!(triage.severity == 'purple')`:          "always",
		`triage.ok ? true : true`:                 "always",
		`triage.ok`:                               "",
		`triage.severity == 'low'`:                "",
		`triage.count == 1`:                       "",
		`triage.ok || false`:                      "",
		`triage.severity in ['high']`:             "",
		`[1,2].exists(x, x == 2)`:                 "always",
	} {
		t.Run(source, func(t *testing.T) {
			result, constant := compile(t, source).Constant()
			got := ""
			if constant {
				got = map[bool]string{true: "always", false: "never"}[result]
			}
			require.Equal(t, want, got)
		})
	}
}

func TestEvalErrors(t *testing.T) {
	values := fixedValues{
		"triage.count": int64(1 << 62), "triage.rate": errors.New("no double"), "metadata": map[string]any{"n": "text"},
	}
	for _, source := range []string{
		`triage.note == 'x'`, `triage.count * 4 > 1`, `triage.rate > 1.0`, `run.metadata.absent == 1`,
		`run.metadata.n > 1`, `run.metadata.n`,
	} {
		_, err := compile(t, source).Eval(values, nil)
		require.Error(t, err, source)
		require.NotContains(t, err.Error(), "step_")
	}
	got, err := compile(t, `triage.rate > 1.0 || true == true`).Eval(values, nil)
	require.NoError(t, err)
	require.True(t, got, "an error in a value that the result does not depend on is ignored")
}

func TestWidened(t *testing.T) {
	s := cel.Language{}.Scope(steps, condition.Binary)
	for source, want := range map[string]string{
		`triage.rate > 10`:                       `triage.rate > 10.0`,
		`10 <= triage.rate && triage.count > 10`: `10.0 <= triage.rate && triage.count > 10`,
		`triage.rate == -5`:                      `triage.rate == -5.0`,
		`triage.rate in [1, 2.5, 3]`:             `triage.rate in [1.0, 2.5, 3.0]`,
		`triage.rate * 2 > 0x10`:                 `triage.rate * 2.0 > 16.0`,
		`triage.ok == true`:                      `triage.ok == true`,
		`triage.rate > `:                         `triage.rate > `,
		`"é" == own || triage.rate == 1`:         `"é" == own || triage.rate == 1.0`,
	} {
		t.Run(source, func(t *testing.T) { require.Equal(t, want, s.Widened(3, source)) })
	}
}

func BenchmarkCompile(b *testing.B) {
	const source = `triage.severity == 'high'`
	b.Run("first expression of a definition", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, findings := cel.Language{}.Scope(steps, condition.Binary).Compile(3, source)
			require.Empty(b, findings)
		}
	})
	b.Run("next expression", func(b *testing.B) {
		scope := cel.Language{}.Scope(steps, condition.Binary)
		_, findings := scope.Compile(3, source)
		require.Empty(b, findings)
		b.ReportAllocs()
		for b.Loop() {
			_, findings := scope.Compile(3, source)
			require.Empty(b, findings)
		}
	})
}
