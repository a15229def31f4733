package procedure_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// repeated returns the elements that f makes for 0, 1, and so on, separated by commas.
func repeated(n int, f func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = f(i)
	}
	return strings.Join(all, ",")
}

// withSlots returns a definition whose only step has these slots.
func withSlots(n int, members func(i int) string) string {
	return inStep(`,"slots":[` + repeated(n, func(i int) string {
		return fmt.Sprintf(`{"name":"s%d",%s}`, i, members(i))
	}) + `]`)
}

// withConditions returns a definition whose first step has the slot t and whose other steps have these conditions.
func withConditions(n int, condition func(i int) string) string {
	return `{"name":"N","steps":[{"key":"a","title":"A","slots":[{"name":"t","type":"text","required":false}]},` +
		repeated(n, func(i int) string {
			return fmt.Sprintf(`{"key":"s%d","title":"S","when":%q}`, i, condition(i))
		}) + `]}`
}

func TestWhatADefinitionMayCostIsLimitedInAll(t *testing.T) {
	long := strings.Repeat("abcdefgh", 100)
	for _, c := range []struct{ rule, doc, want string }{
		{"small patterns", withSlots(2000, func(i int) string {
			return fmt.Sprintf(`"type":"text","validate":"a{200}b%d"`, i)
		}), "/steps/0/slots/1213/validate pattern_limit"},
		{"equal patterns count once", withSlots(2000, func(int) string {
			return `"type":"text","validate":"a{200}b"`
		}), ""},
		{"classes count by their ranges", withSlots(300, func(i int) string {
			return fmt.Sprintf(`"type":"text","validate":"\\pL\\pL\\pL\\pL\\pL\\pL\\pL\\pL\\pL\\pL%d"`, i)
		}), "/steps/0/slots/151/validate pattern_limit"},
		{"a pattern within the limit for one", withSlots(1, func(int) string {
			return `"type":"text","validate":"(?:` + long + `){6}"`
		}), ""},
		{"a repetition beyond the limit for one", withSlots(1, func(int) string {
			return `"type":"text","validate":"(?:` + long + `){1000}"`
		}), "/steps/0/slots/0/validate pattern"},
		{"evaluations", withConditions(1500, func(i int) string {
			return fmt.Sprintf(`has(a.t) && a.t.matches('(a*)*%d')`, i)
		}), "/steps/990/when condition_cost"},
		{"evaluations of short texts", strings.Replace(withConditions(1400, func(i int) string {
			return fmt.Sprintf(`has(a.t) && a.t.matches('(a*)*%d')`, i)
		}), `"type":"text"`, `"type":"text","max_length":100`, 1), ""},
		{"patterns of conditions", strings.Replace(withConditions(500, func(i int) string {
			return fmt.Sprintf(`has(a.t) && a.t.matches('x{400}%d')`, i)
		}), `"type":"text"`, `"type":"text","max_length":10`, 1), "/steps/124/when condition_cost"},
		{"a repetition in matches()", withConditions(1, func(int) string {
			return `a.?t.orValue('').matches('(?:` + long + `){1000}')`
		}), "/steps/1/when condition_limit"},
		{"languages", `{"name":"N","steps":[{"key":"a","title":"A"}],"translations":{` +
			repeated(201, func(i int) string { return fmt.Sprintf(`"en-x-a%d":{"name":"N"}`, i) }) + `}}`,
			"/translations translation_limit"},
		{"as many languages as there may be", `{"name":"N","steps":[{"key":"a","title":"A"}],"translations":{` +
			repeated(200, func(i int) string { return fmt.Sprintf(`"en-x-a%d":{"name":"N"}`, i) }) + `}}`, ""},
		{"languages of steps", `{"name":"N","steps":[` + repeated(201, func(i int) string {
			return fmt.Sprintf(`{"key":"s%d","title":"A","translations":{"en-x-a%d":{"title":"N"}}}`, i, i)
		}) + `]}`, "/translations translation_limit"},
		{"options of one slot", withSlots(1, func(int) string {
			return `"type":"enum","options":[` + options(50_001) + `]`
		}), "/steps/0/slots/0/options option_limit"},
		{"options of all slots", withSlots(12, func(int) string {
			return `"type":"multi_enum","options":[` + options(5000) + `]`
		}), "/steps/0/slots/10/options option_limit"},
		{"as many options as there may be", withSlots(1, func(int) string {
			return `"type":"enum","options":[` + options(50_000) + `]`
		}), ""},
		{"many elements in a few languages", `{"name":"N","steps":[` + repeated(2000, func(i int) string {
			return fmt.Sprintf(`{"key":"s%d","title":"A","translations":{"fr":{"title":"N"},"de":{"title":"N"}}}`, i)
		}) + `]}`, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			want := []string{}
			if c.want != "" {
				want = append(want, c.want)
			}
			require.Equal(t, want, append([]string{}, findings(t, c.doc)...))
		})
	}
}

func options(n int) string { return repeated(n, func(i int) string { return fmt.Sprintf(`"o%d"`, i) }) }

// TestDefinitionsOfTheLargestSizeNeedBoundedMemory counts the memory that definitions allocate which would need
// gigabytes if each of their parts were bounded only by itself.
func TestDefinitionsOfTheLargestSizeNeedBoundedMemory(t *testing.T) {
	const most = 64 << 20
	for rule, doc := range map[string]string{
		"patterns that are much too large": withSlots(300, func(i int) string {
			return fmt.Sprintf(`"type":"text","validate":"(?:%s%d){1000}"`, strings.Repeat("abcdef", 500), i)
		}),
		"long patterns of classes": withSlots(80, func(i int) string {
			return fmt.Sprintf(`"type":"text","validate":"(?i)%s%d"`, strings.Repeat(`\\pL\\PN`, 1500), i)
		}),
		"repetitions in matches()": withConditions(30, func(i int) string {
			return fmt.Sprintf(`a.?t.orValue('').matches('(?:%s%d){1000}')`, strings.Repeat("abcdef", 300), i)
		}),
		"classes in matches()": withConditions(30, func(i int) string {
			return fmt.Sprintf(`a.?t.orValue('').matches('(?i)%s%d')`, strings.Repeat(`\pL`, 480), i)
		}),
		"languages": `{"name":"N","steps":[{"key":"a","title":"A"}],"translations":{` +
			repeated(30_000, func(i int) string { return fmt.Sprintf(`"en-x-a%d":{"name":"N"}`, i) }) + `}}`,
	} {
		n := parse(t, doc)
		require.Less(t, len(doc), 1<<20)
		before := allocated()
		procedure.Read(context.Background(), n, cel.Language{})
		require.Less(t, allocated()-before, uint64(most), rule)
	}
}

// allocated returns the number of bytes that the process has allocated so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// impatient is a context that is cancelled after a number of questions whether it is.
type impatient struct {
	context.Context
	left int
}

func (i *impatient) Err() error {
	if i.left--; i.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestReadingStopsWhenTheRequestIsCancelled(t *testing.T) {
	for rule, doc := range map[string]string{
		"between conditions": withConditions(500, func(i int) string { return fmt.Sprintf("a.?t.orValue('') == 'x%d'", i) }),
		"between slots":      withSlots(500, func(i int) string { return fmt.Sprintf(`"type":"text","validate":"a{400}b%d"`, i) }),
	} {
		ctx := &impatient{context.Background(), 10}
		n, before := parse(t, doc), allocated()
		procedure.Read(ctx, n, cel.Language{})
		stopped := allocated() - before
		require.True(t, fault.Is(budget.Interrupted(ctx), fault.Unavailable))

		n, before = parse(t, doc), allocated()
		procedure.Read(context.Background(), n, cel.Language{})
		require.Less(t, stopped, (allocated()-before)/3, rule)
	}
}

func TestAStoredDefinitionStaysReadableWhateverItCosts(t *testing.T) {
	for rule, doc := range map[string]string{
		"patterns": withSlots(1500, func(i int) string { return fmt.Sprintf(`"type":"text","validate":"a{200}b%d"`, i) }),
		"conditions": withConditions(1200, func(i int) string {
			return fmt.Sprintf(`has(a.t) && a.t.matches('(a*)*%d')`, i)
		}),
		"languages": `{"name":"N","steps":[{"key":"a","title":"A"}],"translations":{` +
			repeated(300, func(i int) string { return fmt.Sprintf(`"en-x-a%d":{"name":"N"}`, i) }) + `}}`,
	} {
		_, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
		require.NotZero(t, issues.Count, rule)
		stored, issues := procedure.ReadCanonical([]byte(doc), cel.Language{})
		require.Zero(t, issues.Count, rule)
		missing := slices.ContainsFunc(stored.Steps, func(s procedure.Step) bool { return s.Key != "a" && s.When == nil })
		require.False(t, rule == "conditions" && missing)
	}
}

// BenchmarkReadLarge reads a definition of 200 steps with 10 slots each, a pattern and two conditions a step.
func BenchmarkReadLarge(b *testing.B) {
	doc := `{"name":"N","steps":[` + repeated(200, func(i int) string {
		return fmt.Sprintf(`{"key":"s%d","title":"S","slots":[%s,{"name":"p","type":"text","validate":"[A-Z]{2}[0-9]{%d}",`+
			`"required":false,"when":"n0 > 1","required_when":"n1 > %d"}]}`, i,
			repeated(9, func(j int) string { return fmt.Sprintf(`{"name":"n%d","type":"number"}`, j) }), i+1, i)
	}) + `]}`
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(b, err)
	for b.Loop() {
		if _, issues := procedure.Read(context.Background(), n, cel.Language{}); issues.Count > 0 {
			b.Fatal(issues.First[0])
		}
	}
}
