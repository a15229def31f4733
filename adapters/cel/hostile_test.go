package cel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// hostileExpressions returns expressions that are long, deeply nested, or expensive to evaluate.
func hostileExpressions() map[string]string {
	const digits = "[0,1,2,3,4,5,6,7,8,9]"
	repeat := strings.Repeat
	nested := "true"
	for range 12 {
		nested = "triage.parts.all(p, " + nested + ")"
	}
	return map[string]string{
		"parentheses":     repeat("(", 900) + "true" + repeat(")", 900),
		"lists":           repeat("[", 900) + repeat("]", 900) + " == []",
		"nots":            repeat("!", 2000) + "true",
		"minuses":         repeat("-", 2000) + "1 == 1",
		"conditionals":    repeat("true ? ", 250) + "true" + repeat(" : false", 250),
		"open conditions": repeat("true ? ", 290),
		"ands":            "triage.ok" + repeat(" && triage.ok", 150),
		"mixed":           "triage.ok" + repeat(" && triage.ok || triage.ok", 75),
		"indexes":         "triage.parts" + repeat("[0]", 650),
		"selects":         "run.metadata" + repeat(".a", 1000),
		"calls":           repeat("size(", 400) + "'a'" + repeat(")", 400) + " == 1",
		"comprehensions":  nested,
		"product": "run.metadata.big.all(a, run.metadata.big.all(b, run.metadata.big.all(c, run.metadata.big.all(d, " +
			"a + b + c + d != 'x'))))",
		"growth": digits + ".map(a, " + digits + ".map(b, " + digits + ".map(c, " + digits + ".map(d, " +
			"own + own)))).size() == 0",
		"doubling":        `[1,2,3,4,5,6,7,8,9,10,11,12].all(x, (own+own+own+own+own+own+own+own).size() > 0)`,
		"regex":           `own.matches('(a*)*(a*)*(a*)*(a*)*b')`,
		"regex program":   `own.matches('((((a{1,50}){1,50}){1,50}){1,50})')`,
		"regex of data":   `run.metadata.text.matches('(a*)*(a*)*(a*)*(a*)*b')`,
		"regex of values": `own.matches(own)`,
		"contains":        `triage.parts.exists(p, own.contains(p + 'x'))`,
		"equality": "run.metadata.big == run.metadata.big && " +
			"run.metadata.big.all(x, run.metadata.big == run.metadata.big)",
		"strings":    `'` + repeat("x", 2000) + `' == own`,
		"escapes":    `'` + repeat(`\U0001F600`, 180) + `' == own`,
		"dyn":        `dyn(run.metadata).all(k, dyn(run.metadata).all(l, dyn(run.metadata).all(m, k + l + m != 'x')))`,
		"quotes":     repeat(`"`, 2000),
		"dots":       repeat(".", 2000),
		"digits":     repeat("9", 2000) + " == 1",
		"exponent":   "1e" + repeat("9", 1000) + " == 1.0",
		"names":      repeat("a.", 1000) + "a",
		"commas":     "[" + repeat("1,", 1000) + "1] == [1]",
		"binary":     "\x00\xff\xfe" + repeat("\u2028", 300),
		"optional":   "triage" + repeat(".?note", 300) + ".hasValue()",
		"types":      repeat("[", 30) + repeat("]", 30) + " == " + repeat("[", 30) + repeat("]", 30),
		"arithmetic": "triage.count" + repeat(" + triage.count * 2", 100) + " > 0",
	}
}

// largeValues returns values of the largest sizes that a run can hold.
func largeValues() fixedValues {
	parts, big, metadata := []string{}, []any{}, map[string]any{}
	for range 5000 {
		parts = append(parts, strings.Repeat("a", 100))
		big = append(big, strings.Repeat("b", 100))
	}
	for range 1000 {
		metadata[strings.Repeat("k", len(metadata)+1)] = "v"
	}
	metadata["big"], metadata["text"] = big, strings.Repeat("a", 1<<20)
	return fixedValues{
		"triage.parts": parts, "triage.ok": true, "triage.count": int64(1), "triage.severity": "high",
		"third.own": strings.Repeat("a", 1<<16), "metadata": metadata,
	}
}

// hostileNumbers returns expressions whose numbers are long or whose arithmetic is expensive.
func hostileNumbers() map[string]string {
	// product has about 900 digits, so multiplying two of them exceeds the limit of 1000 digits.
	product := "(" + strings.Repeat("triage.count * ", 15) + "1)"
	over := "run.metadata.big.all(x, %)"
	return map[string]string{
		"products":     strings.Replace(over, "%", product+" < "+product+" + 1", 1),
		"differences":  strings.Replace(over, "%", "triage.count - triage.rate + triage.count - triage.rate != 0", 1),
		"scales":       strings.Replace(over, "%", product+" != triage.rate * triage.rate * triage.rate", 1),
		"conversions":  strings.Replace(over, "%", "string("+product+") != 'x'", 1),
		"parsed":       strings.Replace(over, "%", "double('"+strings.Repeat("9", 60)+"') + triage.rate > 0", 1),
		"overflow":     product + " * " + product + " * triage.rate > 0",
		"long numbers": strings.Repeat("9", 60) + " * " + strings.Repeat("9", 60) + " > 0." + strings.Repeat("0", 99) + "1",
		"many numbers": "[" + strings.Repeat("1.5,", 400) + "1].exists(x, [" +
			strings.Repeat("2.5,", 90) + "1].exists(y, x == y + 3))",
		"one digit": "1" + strings.Repeat("+1", 1000) + " == 1",
		"elements":  "[" + strings.Repeat("1,", 1000) + "1] == [1]",
	}
}

// largeNumbers returns the values of largeValues, with numbers of the greatest length.
func largeNumbers() exactValues {
	values := exactValues(largeValues())
	values["triage.count"] = decimal.Decimal(strings.Repeat("9", 60))
	values["triage.rate"] = decimal.Decimal("0." + strings.Repeat("0", 100) + strings.Repeat("9", 60))
	return values
}

func TestHostileExpressionsAlwaysGiveTheSameOutcomeQuickly(t *testing.T) {
	scope := cel.Language{}.Scope(steps, condition.Binary)
	checkOutcomes(t, scope, hostileExpressions(), largeValues())
}

func TestHostileExpressionsOnExactNumbersAlwaysGiveTheSameOutcomeQuickly(t *testing.T) {
	scope, values := cel.Language{}.Scope(exactSteps(), condition.Exact), largeNumbers()
	checkOutcomes(t, scope, hostileExpressions(), values)
	checkOutcomes(t, scope, hostileNumbers(), values)
}

func checkOutcomes(t *testing.T, scope condition.Scope, sources map[string]string, values condition.Values) {
	t.Helper()
	_, _ = scope.Compile(3, "true") // creates the environment
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			first := attempt(scope, source, values)
			fastest := first.slowest
			for range 2 {
				again := attempt(scope, source, values)
				require.Equal(t, first.findings, again.findings)
				require.Equal(t, first.result, again.result)
				require.Equal(t, first.failure, again.failure)
				fastest = min(fastest, again.slowest)
			}
			t.Logf("%8s findings %d failure %.60q", fastest.Round(10*time.Microsecond), len(first.findings), first.failure)
			require.Less(t, fastest, time.Second, "expected less than 50 ms; slow machines are allowed more")
		})
	}
}

// outcome is the result of compiling and evaluating an expression. Slowest is the duration of the slower of the two.
type outcome struct {
	findings []condition.Finding
	result   bool
	failure  string
	slowest  time.Duration
}

func attempt(scope condition.Scope, source string, values condition.Values) (o outcome) {
	start := time.Now()
	e, findings := scope.Compile(3, source)
	o.slowest = time.Since(start)
	if e == nil {
		o.findings = findings
		return o
	}
	start = time.Now()
	result, err := e.Eval(values, nil)
	o.result, o.slowest = result, max(o.slowest, time.Since(start))
	if err != nil {
		o.failure = err.Error()
	}
	return o
}

// FuzzCompile checks that Compile either refuses a text, with findings whose positions are within it, or returns an
// expression. The expression can then be evaluated, and its widened form compiles too.
func FuzzCompile(f *testing.F) {
	for _, source := range hostileExpressions() {
		f.Add(source)
	}
	for _, source := range []string{
		`triage.severity == 'high'`, `has(own)`, `steps["the-key"].?x.orValue(1) > 0`, `run.metadata.a.b[0]`, "a &&\n b",
		`triage.parts.exists(p, p == own)`,
	} {
		f.Add(source)
	}
	for _, source := range hostileNumbers() {
		f.Add(source)
	}
	scope, values := cel.Language{}.Scope(steps, condition.Binary), largeValues()
	exact, numbers := cel.Language{}.Scope(exactSteps(), condition.Exact), largeNumbers()
	f.Fuzz(func(t *testing.T, source string) {
		checkFuzzed(t, exact, source, numbers)
		e := checkFuzzed(t, scope, source, values)
		if e == nil {
			return
		}
		if widened := scope.Widened(3, source); widened != source {
			if _, findings := scope.Compile(3, widened); len(findings) > 0 {
				t.Fatalf("%q is valid, %q is not: %v", source, widened, findings)
			}
		}
	})
}

// checkFuzzed compiles and evaluates an expression. It returns nil if the expression has findings.
func checkFuzzed(t *testing.T, scope condition.Scope, source string, values condition.Values) condition.Expression {
	t.Helper()
	start := time.Now()
	defer func() {
		if duration := time.Since(start); duration > 5*time.Second {
			t.Fatalf("%q took %s", source, duration)
		}
	}()
	e, findings := scope.Compile(3, source)
	if (e == nil) != (len(findings) > 0) {
		t.Fatalf("%q: want either an expression or findings", source)
	}
	for _, finding := range findings {
		if c, ok := finding.Params["column"].(int); ok && (c < 1 || c > len(source)+1) {
			t.Fatalf("%q: column %d", source, c)
		}
	}
	if e != nil {
		_, _ = e.Eval(values, nil)
	}
	return e
}
