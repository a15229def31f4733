package procedure_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/procedure"
)

// evaluableSlots are slots of every type, some of them with constraints, and values of each as conditions read them.
// Together the values reach every outcome of a conversion that a value of the slot can have.
var evaluableSlots = []struct {
	json   string
	values []any
}{
	{`{"name":"s","type":"string"}`, []any{"a", "5", "true", "1h", "2026-11-23T09:00:00Z", "2026-11-23", "rue"}},
	{`{"name":"code","type":"string","mask":"XX/XX"}`, []any{"12/34"}},
	{`{"name":"word","type":"text","validate":"[a-z]{5,9}"}`, []any{"abcde", "false"}},
	{`{"name":"flag","type":"string","max_length":2}`, []any{"5", "t", "1h", "a"}},
	{`{"name":"n","type":"integer"}`, []any{decimal.Decimal("0"), decimal.Decimal("1")}},
	{`{"name":"r","type":"number"}`, []any{decimal.Decimal("0"), decimal.Decimal("1"), decimal.Decimal("0.5")}},
	{`{"name":"b","type":"boolean"}`, []any{true, false}},
	{`{"name":"d","type":"date"}`, []any{"2026-11-23"}},
	{`{"name":"at","type":"datetime"}`, []any{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}},
	{`{"name":"t","type":"time"}`, []any{"18:30:00", "18:30:00.5"}},
	{`{"name":"e","type":"enum","options":["a","b"]}`, []any{"a", "b"}},
	{`{"name":"days","type":"enum","options":["30","60","none"]}`, []any{"30", "60", "none"}},
	{`{"name":"m","type":"multi_enum","options":["a","b"]}`, []any{[]string{"a"}, []string{"a", "b"}}},
	{`{"name":"em","type":"email"}`, []any{"a@b.ch"}},
	{`{"name":"p","type":"phone"}`, []any{"+41446681800"}},
	{`{"name":"u","type":"url"}`, []any{"https://a.ch"}},
}

// evaluableCalls are the functions and operators of the expression language; % stands for an operand.
var evaluableCalls = []string{
	`timestamp(%)`, `duration(%)`, `int(%)`, `uint(%)`, `double(%)`, `bool(%)`, `string(%)`, `bytes(%)`, `dyn(%)`,
	`type(%)`, `size(%)`, `-%`, `!%`, `%.size()`, `%.getFullYear()`, `%.getMonth()`, `%.getDate()`, `%.getHours()`,
	`%.getHours('+01:00')`, `%.getHours('+24:00')`, `%.getMinutes()`, `%.getMilliseconds()`, `%.matches('a+')`,
	`'a'.matches(%)`, `%.contains('a')`, `%.startsWith('a')`, `'a'.endsWith(%)`, `%[0]`, `%[1]`, `%[7]`, `%[0.5]`,
	`%[?7]`, `['a','b'][%]`, `%.exists(x, x == x)`, `%.all(x, int(x) > 0)`, `%.filter(x, bool(x))`,
	`%.map(x, timestamp(x))`, `% - %`, `% * %`, `% < %`, `% >= 'nope'`, `% > 5`, `% == null`, `% in ['x', 1]`,
	`'zzz' in %`, `% + 'T09:00:00Z'`, `'T' + %`, `% + duration('1h')`, `% - timestamp('2026-01-01T00:00:00Z')`,
	`(% ? 1 : 2)`, `dyn(%) + 1`, `dyn(%) < 'a'`, `%.x`, `[%]`, `[%, 1][1]`, `%.?x`,
}

// evaluableValues are the values of one evaluation, by slot.
type evaluableValues []any

func (v evaluableValues) Value(_, slot int) any  { return v[slot] }
func (evaluableValues) Metadata() map[string]any { return nil }

// TestConditionsWithoutFindingsCanBeEvaluated searches for expressions that are accepted although their evaluation
// fails for every value.
func TestConditionsWithoutFindingsCanBeEvaluated(t *testing.T) {
	var sources []string
	for i, s := range evaluableSlots {
		name := strings.Split(s.json, `"`)[3]
		for j, outer := range evaluableCalls {
			sources = append(sources, apply(outer, "z."+name))
			for k, inner := range evaluableCalls {
				const index = `['a','b'][%]`          // whether an index exists is decided for slots and literals only
				if (i+j+k)%6 == 0 && outer != index { // a sixth of all, to save time
					sources = append(sources, apply(outer, "("+apply(inner, "z."+name)+")"))
				}
			}
		}
	}
	accepted := 0
	for len(sources) > 0 {
		n := min(len(sources), 50)
		for source, e := range readConditions(t, sources[:n]) {
			accepted++
			assert.True(t, canBeEvaluated(e), "%s is accepted but can never be evaluated", source)
		}
		sources = sources[n:]
	}
	require.Greater(t, accepted, 700)
}

func apply(call, operand string) string { return strings.ReplaceAll(call, "%", operand) }

// readConditions reads a definition whose steps have the conditions "x == x" for each source x. It returns the
// conditions without findings, by source.
func readConditions(t *testing.T, sources []string) map[string]*procedure.Step {
	t.Helper()
	var slots, steps []string
	for _, s := range evaluableSlots {
		slots = append(slots, s.json)
	}
	for i, source := range sources {
		steps = append(steps, fmt.Sprintf(`{"key":"s%d","title":"S","when":%q}`, i, source+" == "+source))
	}
	doc := `{"name":"N","steps":[{"key":"z","title":"Z","slots":[` + strings.Join(slots, ",") + `]},` +
		strings.Join(steps, ",") + `]}`
	d, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Len(t, issues.First, issues.Count, "all are listed")
	found := map[string]bool{}
	for _, is := range issues.First {
		found[is.Field] = true
	}
	accepted := map[string]*procedure.Step{}
	for i, source := range sources {
		if !found[fmt.Sprintf("/steps/%d/when", i+1)] {
			accepted[source] = &d.Steps[i+1]
		}
	}
	return accepted
}

// canBeEvaluated reports whether the step's condition can be evaluated for some values of the slots that it reads.
func canBeEvaluated(s *procedure.Step) bool {
	for i := range 7 {
		values := make(evaluableValues, len(evaluableSlots))
		for j, slot := range evaluableSlots {
			values[j] = slot.values[i%len(slot.values)]
		}
		if _, err := s.When.Eval(values, nil); err == nil {
			return true
		}
	}
	return false
}

// TestALiteralEqualsTheValuesThatTheSlotStoresForIt: zeros at the end of a fraction belong to a text, but not to a
// time.
func TestALiteralEqualsTheValuesThatTheSlotStoresForIt(t *testing.T) {
	for _, c := range []struct {
		slot, literal, value string
		equal                bool
	}{
		{"time", "18:30:00.50", "18:30:00.5", true},
		{"time", "18:30:00", "18:30:00", true},
		{"time", "18:30:00.5", "18:30:00", false},
		{"string", "1.50", "1.50", true},
		{"string", "1.50", "1.5", false},
		{"string", "1.", "1", false},
	} {
		d, issues := procedure.Read(t.Context(), parse(t, `{"name":"N","steps":[
			{"key":"z","title":"Z","slots":[{"name":"x","type":"`+c.slot+`"}]},
			{"key":"s","title":"S","when":"z.x == '`+c.literal+`'"}]}`), cel.Language{})
		require.Empty(t, issues.First)
		result, err := d.Steps[1].When.Eval(evaluableValues{c.value}, nil)
		require.NoError(t, err)
		require.Equal(t, c.equal, result, c)
	}
}
