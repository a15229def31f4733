package cel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
)

// hostile expressions: huge, deep, exponential, bombs.
func hostile() map[string]string {
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
		"product":         `run.metadata.big.all(a, run.metadata.big.all(b, run.metadata.big.all(c, run.metadata.big.all(d, a + b + c + d != 'x'))))`,
		"growth":          `[0,1,2,3,4,5,6,7,8,9].map(a, [0,1,2,3,4,5,6,7,8,9].map(b, [0,1,2,3,4,5,6,7,8,9].map(c, [0,1,2,3,4,5,6,7,8,9].map(d, own + own)))).size() == 0`,
		"doubling":        `[1,2,3,4,5,6,7,8,9,10,11,12].all(x, (own+own+own+own+own+own+own+own).size() > 0)`,
		"regex":           `own.matches('(a*)*(a*)*(a*)*(a*)*b')`,
		"regex program":   `own.matches('((((a{1,50}){1,50}){1,50}){1,50})')`,
		"regex of data":   `run.metadata.text.matches('(a*)*(a*)*(a*)*(a*)*b')`,
		"regex of values": `own.matches(own)`,
		"contains":        `triage.parts.exists(p, own.contains(p + 'x'))`,
		"equality":        `run.metadata.big == run.metadata.big && run.metadata.big.all(x, run.metadata.big == run.metadata.big)`,
		"strings":         `'` + repeat("x", 2000) + `' == own`,
		"escapes":         `'` + repeat(`\U0001F600`, 180) + `' == own`,
		"dyn":             `dyn(run.metadata).all(k, dyn(run.metadata).all(l, dyn(run.metadata).all(m, k + l + m != 'x')))`,
		"quotes":          repeat(`"`, 2000),
		"dots":            repeat(".", 2000),
		"digits":          repeat("9", 2000) + " == 1",
		"exponent":        "1e" + repeat("9", 1000) + " == 1.0",
		"names":           repeat("a.", 1000) + "a",
		"commas":          "[" + repeat("1,", 1000) + "1] == [1]",
		"binary":          "\x00\xff\xfe" + repeat("\u2028", 300),
		"optional":        "triage" + repeat(".?note", 300) + ".hasValue()",
		"types":           repeat("[", 30) + repeat("]", 30) + " == " + repeat("[", 30) + repeat("]", 30),
		"arithmetic":      "triage.count" + repeat(" + triage.count * 2", 100) + " > 0",
	}
}

// large values: as much as a request can bring.
func large() given {
	parts, big, metadata := []string{}, []any{}, map[string]any{}
	for range 5000 {
		parts = append(parts, strings.Repeat("a", 100))
		big = append(big, strings.Repeat("b", 100))
	}
	for range 1000 {
		metadata[strings.Repeat("k", len(metadata)+1)] = "v"
	}
	metadata["big"], metadata["text"] = big, strings.Repeat("a", 1<<20)
	return given{"triage.parts": parts, "triage.ok": true, "triage.count": int64(1), "triage.severity": "high", "third.own": strings.Repeat("a", 1<<16), "metadata": metadata}
}

func TestHostileExpressionsAreRefusedOrStoppedTheSameWayEveryTime(t *testing.T) {
	values := large()
	scope := cel.Language{}.Scope(steps)
	_, _ = scope.Compile(3, "true") // prepares the scope
	for what, source := range hostile() {
		outcome := func() (findings []condition.Finding, result bool, failed string, slowest time.Duration) {
			began := time.Now()
			e, findings := scope.Compile(3, source)
			slowest = time.Since(began)
			if e == nil {
				return findings, false, "", slowest
			}
			began = time.Now()
			result, err := e.Eval(values)
			if err != nil {
				failed = err.Error()
			}
			return nil, result, failed, max(slowest, time.Since(began))
		}
		findings, result, failed, took := outcome()
		for range 2 {
			again, sameResult, sameFailure, tookAgain := outcome()
			require.Equal(t, findings, again, what)
			require.Equal(t, result, sameResult, what)
			require.Equal(t, failed, sameFailure, what)
			took = min(took, tookAgain)
		}
		t.Logf("%-16s %8s findings %d failed %.60q", what, took.Round(10*time.Microsecond), len(findings), failed)
		require.Less(t, took, time.Second, "%s: meant to take under 50 ms; the rest is for slow machines", what)
	}
}

// FuzzCompile: whatever is written as a condition is compiled, or refused at a place within it, and can be asked.
func FuzzCompile(f *testing.F) {
	for _, source := range hostile() {
		f.Add(source)
	}
	for _, source := range []string{`triage.severity == 'high'`, `has(own)`, `steps["the-key"].?x.orValue(1) > 0`, `run.metadata.a.b[0]`, "a &&\n b", `triage.parts.exists(p, p == own)`} {
		f.Add(source)
	}
	scope, values := cel.Language{}.Scope(steps), large()
	f.Fuzz(func(t *testing.T, source string) {
		began := time.Now()
		defer func() {
			if took := time.Since(began); took > 5*time.Second {
				t.Fatalf("%q took %s", source, took)
			}
		}()
		e, findings := scope.Compile(3, source)
		if (e == nil) != (len(findings) > 0) {
			t.Fatalf("%q: neither right nor wrong", source)
		}
		for _, finding := range findings {
			if c, is := finding.Params["column"].(int); is && (c < 1 || c > len(source)+1) {
				t.Fatalf("%q: column %d", source, c)
			}
		}
		if e != nil {
			_, _ = e.Eval(values)
			if widened := scope.Widened(3, source); widened != source {
				if _, findings := scope.Compile(3, widened); len(findings) > 0 {
					t.Fatalf("%q was right, %q is not: %v", source, widened, findings)
				}
			}
		}
	})
}
