package cel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// exactSteps returns the steps of the other tests with exact numbers, and with slots that refuse some literals.
func exactSteps() []condition.Step {
	all := make([]condition.Step, len(steps))
	for i, s := range steps {
		all[i] = condition.Step{Key: s.Key, Slots: slices.Clone(s.Slots)}
		for j := range all[i].Slots {
			if kind := &all[i].Slots[j].Kind; *kind == condition.Integer || *kind == condition.Double {
				*kind = condition.Number
			}
		}
	}
	triage := &all[0]
	oneOf := func(options ...string) func(string) (string, bool) {
		return func(literal string) (string, bool) { return literal, slices.Contains(options, literal) }
	}
	for j := range triage.Slots {
		switch s := &triage.Slots[j]; s.Name {
		case "severity":
			s.Equal = oneOf("low", "high")
		case "parts":
			s.Equal = oneOf("a", "b", "c")
		case "count":
			s.Equal = func(literal string) (string, bool) { return literal, !strings.Contains(literal, ".") }
		}
	}
	clock := func(literal string) (string, bool) { // removes the trailing zeros of a fraction, as in 10:15:30.500
		kept := strings.TrimRight(strings.TrimRight(literal, "0"), ".")
		return kept, len(literal) >= 8
	}
	triage.Slots = append(triage.Slots, condition.Slot{Name: "clock", Kind: condition.Text, Equal: clock, Order: clock})
	return all
}

func compileExact(t testing.TB, source string) condition.Expression {
	t.Helper()
	e, findings := cel.Language{}.Scope(exactSteps(), condition.Exact).Compile(3, source)
	require.Empty(t, findings, source)
	return e
}

// exactValues holds values for exactSteps.
type exactValues map[string]any

func (v exactValues) Value(step, slot int) any {
	s := exactSteps()[step]
	return v[s.Key+"."+s.Slots[slot].Name]
}

func (v exactValues) Metadata() map[string]any { return fixedValues(v).Metadata() }

var someValues = exactValues{
	"triage.severity": "high", "triage.count": decimal.Decimal("3"), "triage.rate": decimal.Decimal("2.50"),
	"triage.ok": true, "triage.at": time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC), "triage.parts": []string{"a", "b"},
	"the-key.x": decimal.Decimal("12345678901234567890"), "third.own": "mine", "triage.clock": "18:00:00.5",
	"metadata": map[string]any{
		"region": "west", "n": 3.0, "rate": 0.1, "tags": []any{"x", 2.5}, "on": true, "deep": map[string]any{"n": 1e21},
		"one": "a",
	},
}

func TestNumbersAreExactDecimals(t *testing.T) {
	for source, want := range map[string]bool{
		`triage.count - 2.9 == 0.1`:                                                  true,
		`triage.rate == 2.5 && triage.rate == 2.500 && 2.5 == triage.rate`:           true,
		`triage.rate > 2 && triage.count > 2.5 && triage.count == 3.0`:               true,
		`triage.rate * triage.count == 7.5`:                                          true,
		`triage.count in [1, 2.5, 3.0]`:                                              true,
		`triage.rate in [1, 2.5]`:                                                    true,
		`steps["the-key"].x == 12345678901234567890`:                                 true,
		`steps["the-key"].x * steps["the-key"].x > 99999999999999999999`:             true,
		`steps["the-key"].x + 0.1 != steps["the-key"].x`:                             true,
		`12345678901234567.1 + run.metadata.n == 12345678901234570.1`:                true,
		`run.metadata.rate * 3 == 0.3`:                                               true,
		`run.metadata.n == 3 && run.metadata.n == triage.count`:                      true,
		`run.metadata.n < triage.count + 1`:                                          true,
		`run.metadata.deep.n == 1e21`:                                                true,
		`2.5 in run.metadata.tags && run.metadata.tags[1] == 2.50`:                   true,
		`run.metadata.?absent.orValue(0.0) == 0`:                                     true,
		`run.metadata.exists(k, k == 'n')`:                                           true,
		`run.metadata.tags.exists(x, x == 2.5)`:                                      true,
		`type(run.metadata.n) == double && type(triage.count) == int`:                true,
		`size(triage.parts) == 2 && triage.parts.size() < triage.count`:              true,
		`size(own) + 0.5 == 4.5 && own.size() == 4`:                                  true,
		`triage.at.getHours() == 14 && triage.at.getHours() < 14.5`:                  true,
		`triage.at.getHours('+01:00') - 14 == 1`:                                     true,
		`(triage.at - timestamp('2026-11-23T12:30:00Z')).getHours() == 2`:            true,
		`triage.parts[0] == 'a' && triage.parts[triage.count - 2] == 'b'`:            true,
		`triage.parts[?5].orValue('a') == 'a'`:                                       true,
		`run.metadata['n'] == 3 && run.metadata[?'region'].hasValue()`:               true,
		`-triage.rate < -2 && -(-triage.rate) == 2.5 && - 2.5 == -triage.rate`:       true,
		`0x10 == 16 && 1e3 == 1000 && .5 == 0.50 && 007 == 7 && 3u == 3`:             true,
		`double('0.1') + double('0.2') == 0.3`:                                       true,
		`int(triage.rate) == 2 && int('7') == 7 && int(-2.9) == -2`:                  true,
		`int(timestamp('1970-01-01T00:01:00Z')) == 60`:                               true,
		`timestamp(60) == timestamp('1970-01-01T00:01:00Z')`:                         true,
		`string(triage.rate) == '2.5' && string(triage.count) == '3'`:                true,
		`string(0.05 - 1) == '-0.95'`:                                                true,
		`[1, 2, 3].exists_one(x, x == triage.count)`:                                 true,
		`[1, 2, 3].map(x, x * 2) == [2, 4.0, 6]`:                                     true,
		`[1, 2, 3].filter(x, x > 1.5).size() == 2`:                                   true,
		`triage.ok ? triage.count == 3 : triage.rate == 3`:                           true,
		`'5' + r"6\" + '''7''' + "8" != own // 9`:                                    true,
		`run.metadata.on && triage.severity in ['high', 'low'] && triage.count == 3`: true,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := compileExact(t, source).Eval(someValues, nil)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestNumbersHaveNoDivision(t *testing.T) {
	for _, source := range []string{
		`triage.rate / 2 > 1`, `triage.count % 2 == 0`, `1 / 3 == 0`, `run.metadata.n / 2 == 1`,
	} {
		e, findings := cel.Language{}.Scope(exactSteps(), condition.Exact).Compile(3, source)
		require.Nil(t, e)
		require.Equal(t, "condition_division", findings[0].Code)
		at := strings.IndexAny(source, "/%") + 1
		require.Equal(t, map[string]any{"line": 1, "column": at}, findings[0].Params)
	}
}

func TestFindingsOfExactNumbersHaveThePositionsOfTheOriginalSource(t *testing.T) {
	for source, want := range map[string]string{
		`triage.rate > 10 && triage.count > 2 && nothing`:   "condition_unknown 1:41",
		`1 + 22 + 333 + nothing == 1`:                       "condition_unknown 1:16",
		"1 + 22 ==\n  333 + nothing":                        "condition_unknown 2:9",
		"'5' + '6\\'7' == '1' && /* 1 */ 2":                 "condition 1:24",
		"// 1 2 3\n1 == 1 && nothing":                       "condition_unknown 2:11",
		`'''1` + "\n" + `2''' == own && 3 == nothing`:       "condition_unknown 2:21",
		`triage.count == 12345 && triage.rate == 'x'`:       "condition_type 1:38",
		`triage.count 5`:                                    "condition 1:14",
		`triage.count == 5.`:                                "condition 1:19",
		`12.5.5 == 1`:                                       "condition 1:5",
		`x.5 == 1`:                                          "condition 1:2",
		`1 == 1 && triage.5 == 1`:                           "condition 1:17",
		`triage.parts.exists(5, true)`:                      "condition 1:21",
		`steps[5].x == 1`:                                   "condition_type 1:6",
		`has(5)`:                                            "condition 1:5",
		`triage.count + 1`:                                  "condition_type 1:14",
		`triage.rate.x == 1`:                                "condition_type 1:12",
		`5 == 5 && number == int`:                           "condition_unknown 1:11",
		`int(triage.ok) == 1`:                               "condition_type 1:4",
		`triage.ok == 1`:                                    "condition_type 1:11",
		`1 == 1 && 1` + strings.Repeat("0", 101) + `.5 > 2`: "condition_number 1:11",
		`1 == 1 && 1e101 > 2`:                               "condition_number 1:11",
		`0x` + strings.Repeat("f", 60) + ` > 2`:             "condition_number 1:1",
	} {
		t.Run(fmt.Sprintf("%.60s", source), func(t *testing.T) {
			e, findings := cel.Language{}.Scope(exactSteps(), condition.Exact).Compile(3, source)
			require.Nil(t, e)
			f := findings[0]
			require.Equal(t, want, fmt.Sprintf("%s %d:%d", f.Code, f.Params["line"], f.Params["column"]), "%v", f.Params)
			require.NotContains(t, fmt.Sprint(f.Params), "@")
			require.NotContains(t, fmt.Sprint(f.Params), `"5`)
		})
	}
}

func TestLiteralsThatASlotCanNeverHoldAreFindings(t *testing.T) {
	for source, want := range map[string]string{
		`triage.severity == 'purple' || triage.ok`:                "triage.severity purple 1:20",
		`triage.ok || 'purple' != triage.severity`:                "triage.severity purple 1:14",
		`triage.severity in ['hgih', 'low']`:                      "triage.severity hgih 1:21",
		`'d' in triage.parts`:                                     "triage.parts d 1:1",
		`triage.parts == ['a', 'd']`:                              "triage.parts d 1:23",
		`triage.parts.exists(p, p == 'd')`:                        "triage.parts d 1:29",
		`triage.parts.all(p, p in ['a', 'd'])`:                    "triage.parts d 1:32",
		`triage.parts[0] == 'd'`:                                  "triage.parts d 1:20",
		`triage.count == 2.5`:                                     "triage.count 2.5 1:17",
		`triage.count in [1, 2.5]`:                                "triage.count 2.5 1:21",
		`triage.count > 2.5`:                                      "",
		`triage.clock == '18:00'`:                                 "triage.clock 18:00 1:17",
		`triage.clock < '18:00'`:                                  "triage.clock 18:00 1:16",
		`triage.clock in ['18:00', '19:00:00']`:                   "triage.clock 18:00 1:18",
		`triage.?clock.orValue('x') < '18:00'`:                    "triage.clock 18:00 1:30",
		`triage.?severity.orValue('none') == 'none'`:              "",
		`triage.?severity.orValue('none') in ['none', 'purple']`:  "triage.severity purple 1:46",
		`triage.?severity.orValue('') == ''`:                      "",
		`(triage.ok ? triage.severity : 'other') == 'other'`:      "",
		`(triage.ok ? triage.severity : 'other') == 'purple'`:     "triage.severity purple 1:44",
		`triage.at > timestamp('2026-11-23')`:                     "timestamp 2026-11-23 1:23",
		`triage.at > timestamp('2026-11-23T09:30Z') && triage.ok`: "timestamp 2026-11-23T09:30Z 1:23",
		`triage.at - triage.at > duration('1 day')`:               "duration 1 day 1:34",
		`triage.parts.filter(p, p != 'a').exists(q, q == 'd')`:    "triage.parts d 1:49",
		`(triage.parts + ['x']).all(p, p in ['x', 'd'])`:          "triage.parts d 1:42",
		`['a', 'd'].all(p, p in triage.parts)`:                    "triage.parts d 1:7",
		`(triage.ok ? triage.severity : own) == 'purple'`:         "",
		`triage.severity in ['low', 1]`:                           "triage.severity 1 1:28",
		`triage.count == null && triage.ok`:                       "triage.count null 1:17",
		`own == 'anything' && triage.note == ''`:                  "",
		"triage.count == 1 &&\n triage.severity == 'purple'":      "triage.severity purple 2:21",
		`triage.severity == 'purple' && 'd' in triage.parts`:      "triage.severity purple 1:20, triage.parts d 1:32",
	} {
		t.Run(source, func(t *testing.T) {
			var got []string
			for _, f := range compileExact(t, source).Impossible() {
				require.Equal(t, "condition_literal", f.Code)
				p := f.Params
				got = append(got, fmt.Sprintf("%s %s %d:%d", p["name"], p["literal"], p["line"], p["column"]))
			}
			require.Equal(t, want, strings.Join(got, ", "))
		})
	}
}

func TestLiteralsAreComparedInTheFormThatTheSlotKeeps(t *testing.T) {
	for source, want := range map[string]bool{
		`triage.clock == '18:00:00.500'`:                                true,
		`triage.clock in ['18:00:00.50']`:                               true,
		`triage.clock > '18:00:00.000' && '18:00:00.45' < triage.clock`: true,
		`triage.?clock.orValue('00:00:00.0') == '18:00:00.500'`:         true,
		`triage.?note.orValue('18:00:00.500') == '18:00:00.500'`:        true,
	} {
		got, err := compileExact(t, source).Eval(someValues, nil)
		require.NoError(t, err)
		require.Equal(t, want, got, source)
	}
}

func TestEvaluationOfExactNumbersFails(t *testing.T) {
	for source, want := range map[string]string{
		`triage.rate * run.metadata.region > 1`: "types",
		`run.metadata.n.x == 1`:                 "absent",
		`run.metadata.n[0] == 1`:                "absent",
		`1 in run.metadata.n`:                   "types",
		`size(run.metadata.n) > 1`:              "types",
		`run.metadata.n.exists(x, x == 1)`:      "types",
		`run.metadata.n.matches('a')`:           "types",
		`run.metadata.region > 1`:               "types",
		`run.metadata.n`:                        "not_boolean",
		`run.metadata.absent == 1`:              "absent",
		`triage.note == 'x'`:                    "absent",
		`triage.parts[triage.rate] == 'a'`:      "index",
		`triage.parts[triage.count] == 'a'`:     "index",
		`double(own) > 1`:                       "conversion",
		`bool(own)`:                             "conversion",
		`duration(own) > duration('1h')`:        "conversion",
		`timestamp(own) > triage.at`:            "conversion",
		`int('1.5') + triage.count > 1`:         "conversion",
		`timestamp(triage.rate) > triage.at`:    "conversion",
		`own.matches(own + '[')`:                "pattern",
		`triage.at + duration('2500000h') + duration('2500000h') + duration('2500000h') + duration('2500000h') + ` +
			strings.Repeat(`duration('2500000h') + `, 30) + `duration('2500000h') > triage.at`: "overflow",
		strings.Repeat("("+strings.Repeat(`steps["the-key"].x * `, 17)+"1) * ", 4) + `1 > 0`: "digits",
		`[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, ` +
			`[1,2,3,4,5,6,7,8,9].all(d, a + b + c + d < triage.count + 99))))`: "cost",
	} {
		_, err := compileExact(t, source).Eval(someValues, nil)
		var failure *condition.Error
		require.ErrorAs(t, err, &failure, source)
		require.Equal(t, want, failure.Reason, source)
	}
}

// TestExactArithmeticAgreesWithRationals compares sums, differences, products and comparisons with those of big.Rat.
func TestExactArithmeticAgreesWithRationals(t *testing.T) {
	scope := cel.Language{}.Scope(exactSteps(), condition.Exact)
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?`)
		a, b := digits.Draw(t, "a"), digits.Draw(t, "b")
		x, y := rat(a), rat(b)
		for op, c := range map[string]bool{
			"<": x.Cmp(y) < 0, "<=": x.Cmp(y) <= 0, ">": x.Cmp(y) > 0, ">=": x.Cmp(y) >= 0,
			"==": x.Cmp(y) == 0, "!=": x.Cmp(y) != 0,
		} {
			requireResult(t, scope, fmt.Sprintf("%s %s %s", a, op, b), c)
			requireResult(t, scope, fmt.Sprintf("double('%s') %s %s", a, op, b), c)
		}
		requireResult(t, scope, fmt.Sprintf("%s + %s == %s", a, b, plain(newRat().Add(x, y))), true)
		requireResult(t, scope, fmt.Sprintf("%s - (%s) == %s", a, b, plain(newRat().Sub(x, y))), true)
		requireResult(t, scope, fmt.Sprintf("string(%s * %s) == '%s'", a, b, plain(newRat().Mul(x, y))), true)
	})
}
