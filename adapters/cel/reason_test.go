package cel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
)

// TestFindingsHaveReasonsOfAClosedSet checks that the texts of CEL become codes whose params are the author's words.
func TestFindingsHaveReasonsOfAClosedSet(t *testing.T) {
	for source, want := range map[string]string{
		`triage.count +`:               "incomplete",
		`(triage.count == 1`:           "incomplete",
		`triage.ok ? true`:             "incomplete",
		``:                             "incomplete",
		`triage.count # 2`:             "unexpected #",
		`triage.count = 2`:             "unexpected =",
		`triage.count == 1 2`:          "unexpected 2",
		`triage.count == 1)`:           "unexpected )",
		`own == 'a`:                    "text",
		`own == "a`:                    "text",
		`own == '\q'`:                  "text",
		`own == '\ud800'`:              "text",
		"own == `a`":                   "unexpected_quote",
		`for == 1`:                     "reserved for",
		`triage.parts.exists(1, true)`: "variable",
		`has(triage.count + 1)`:        "has",
		`own.matches('[')`:             "pattern",
		`int('x') == 1`:                "conversion",
		`triage.count + 'a' == 2`:      "no_overload + [number text]",
		`triage.at < 'x'`:              "no_overload < [datetime text]",
		`-own == own`:                  "no_overload - [text]",
		`own in own`:                   "no_overload in [text text]",
		`own[0] == 'a'`:                "no_overload [ ] [text any]",
		`own.getHours() == 1`:          "no_overload getHours [text]",
		`int(triage.ok) == 1`:          "no_overload int [boolean]",
		`double(triage.parts) == 1`:    "no_overload double [list]",
		`size(triage.at - triage.at)`:  "no_overload size [duration]",
		`triage.ok ? 1 : 'a'`:          "no_overload ? : [boolean number text]",
		`triage.?note == 'a'`:          "no_overload == [optional text]",
		`bytes(own) == type(own)`:      "no_overload == [bytes type]",
		`triage.ok == null`:            "no_overload == [boolean null]",
		`size() == 1`:                  "no_overload size []",
		`triage.count && true`:         "mismatch [boolean] [number]",
		`triage.count.exists(x, true)`: "not_iterable [number]",
		`triage.count.x == 1`:          "undeclared x",
		`foo(triage.count) == 1`:       "undeclared foo",
		`own.format() == 'a'`:          "undeclared format",
		`triage.count`:                 "not_boolean [number]",
		`triage.count == triage`:       "bare_step",
		`steps[own].x == 1`:            "key_of_step",
		`triage.at.getHours('x') == 1`: "time_zone",
		`{'a': 1}.a == 1`:              "no_maps",
	} {
		t.Run(source, func(t *testing.T) {
			_, findings := cel.Language{}.Scope(exactSteps(), condition.Exact).Compile(3, source)
			require.NotEmpty(t, findings)
			p := findings[0].Params
			got := fmt.Sprint(p["reason"])
			for _, name := range []string{"token", "name", "operator", "wanted", "types"} {
				if p[name] != nil {
					got += fmt.Sprint(" ", p[name])
				}
			}
			require.Equal(t, want, got)
		})
	}
}
