package e2e

import "strings"

// oldRun describes a run in the database of the last release. The name is also the reference of the run. A request is
// written as `[STATUS] VERB STEP BODY`. STATUS is the expected status of the response; without it, the request must
// succeed.
type oldRun struct {
	name, procedure string
	version         int    // 0: the latest
	metadata        string // JSON
	// before holds the requests to the last release, which created the run in the dump.
	before []string
	// after holds the requests to the present program that complete or fail the run. It is empty if the run has
	// already ended in the dump.
	after []string
	fails bool // whether the run ends as failed
}

// refusedToday holds the ids of definitions that the last release accepted and that the present program may refuse,
// with the codes of the findings for which it may refuse them.
var refusedToday = map[string][]string{
	"blank":             {"blank", "condition_literal"}, // a condition compares with the empty text, which no value equals
	"equal-options":     {"duplicate", "unfillable"},
	"unfillable":        {"unfillable"},
	"sensitive-default": {"sensitive_default"},
	"loop":              {"value"},
	"literals":          {"condition_literal", "condition_constant"},
	"binary":            {"condition_division"},
	"huge-number":       {"condition_number"},
}

// everyValue holds a value for each slot of the first step of every-type.
const everyValue = `{"line":"ab","lines":"one\ntwo","count":12345678901234567890,"amount":99.50,"agreed":false,
	"day":"2024-02-29","instant":"2026-11-28T10:00:00.120+02:00","hour":"18:00:00.500","one":"Low","some":["c","a"],
	"mail":"claire@example.org","phone":"044 668 18 00","page":"https://example.org/a?b=c#d"}`

// manyIssues has 25 unknown slots, and longInput a text of more than 4 KiB.
var (
	manyIssues = `{"slots":{"` + strings.Join(unknownNames(25), `":1,"`) + `":1}}`
	longInput  = `{"slots":{"x":7,"long":"` + strings.Repeat("0123456789", 420) + `"}}`
)

// unknownNames returns n different names.
func unknownNames(n int) (all []string) {
	for i := range n {
		all = append(all, strings.Repeat("i", i+1))
	}
	return all
}

var oldRuns = append(ordinaryRuns, runsOfRefusedDefinitions...)

var ordinaryRuns = []oldRun{
	{
		name: "types finished", procedure: "every-type", metadata: `{"n":1.50,"list":[1,2]}`,
		before: []string{
			`422 draft values {"slots":{"line":7,"day":"2024-02-30"}}`, `draft values {"slots":{"line":"zz"}}`,
			`commit values {"slots":` + everyValue + `,"checklist":[{"key":"read","completed":true}]}`,
			`422 commit secrets {"slots":{"code":"4711","pin":"x"}}`,
			`commit secrets {"slots":{"code":"12-34","pin":7,"choices":["y","x"]}}`,
			`amend secrets {"slots":{"pin":8},"reason":"Typing error"}`, `commit close`,
			`erase secrets.code`, `erase secrets.choices`,
		},
	},
	{
		name: "types drafted", procedure: "every-type",
		before: []string{`draft values {"slots":` + everyValue + `,"origins":{"count":"import"}}`},
		after: []string{
			`422 commit values`, `commit values {"checklist":[{"key":"read","completed":true}]}`,
			`amend values {"slots":{"amount":99.5},"reason":"Fewer digits"}`,
			`commit secrets {"slots":{"code":"12-34"}}`, `erase secrets.code`, `commit close`,
		},
	},
	{
		name: "secrets drafted", procedure: "every-type",
		before: []string{
			`commit values {"slots":` + everyValue + `,"checklist":[{"key":"read","completed":true}]}`,
			`draft secrets {"slots":{"code":"12-34","pin":7}}`, `erase secrets.pin`,
		},
		after: []string{
			`422 commit secrets {"slots":{"code":"x"}}`, `commit secrets {"slots":{"pin":9}}`,
			`amend secrets {"slots":{"code":"98-76"},"reason":"Changed"}`, `commit close`,
		},
	},
	{
		name: "loop finished", procedure: "loop", metadata: `{"strict":false}`,
		before: []string{
			`409 commit check {"slots":{"good":true}}`, `422 commit weigh {"slots":{"kilos":20.0}}`,
			`commit weigh {"slots":{"kilos":20.0,"box":"B"},"checklist":[{"key":"strapped","completed":true}]}`,
			`skip label {"reason":"No printer"}`, `commit check {"slots":{"good":false}}`,
			`commit weigh {"slots":{"kilos":2.50}}`, `commit label`, `409 skip check {"reason":"Why not"}`,
			`commit check {"slots":{"good":true}}`, `commit ship`, `commit weigh {"slots":{"kilos":2.5}}`,
			`409 commit weigh {"slots":{"kilos":3}}`,
			// Above 10 kilos, the slot "box" applies. The last release accepts this amendment, which leaves it empty.
			`amend weigh {"slots":{"kilos":11},"reason":"Weighed again"}`,
		},
	},
	{
		name: "loop returned", procedure: "loop", metadata: `{"strict":false}`,
		before: []string{
			`commit weigh {"slots":{"kilos":2,"note":"n"}}`, `skip label {"reason":"\u200b"}`,
			`commit check {"slots":{"good":false}}`, `draft weigh {"slots":{"kilos":30,"box":"B"}}`,
		},
		after: []string{
			`422 commit weigh`, `409 commit check {"visit":1,"slots":{"good":true}}`,
			`commit weigh {"checklist":[{"key":"strapped","completed":true}]}`, `commit label`,
			`amend weigh {"slots":{"kilos":5,"box":null},"reason":"Unpacked"}`,
			`commit check {"slots":{"good":true}}`, `commit ship`,
			`amend weigh {"slots":{"kilos":0.5,"note":"light"},"reason":"Would now end before the last step"}`,
		},
	},
	{
		name: "loop amended", procedure: "loop",
		before: []string{
			`422 commit weigh {"slots":{"kilos":1}}`, `commit weigh {"slots":{"kilos":3}}`,
			// With more than 10 kilos, the slot box applies. The last release refuses a box in the same amendment.
			`422 amend weigh {"slots":{"kilos":12,"box":"B"},"reason":"Heavier"}`,
			`amend weigh {"slots":{"kilos":12},"reason":"Heavier"}`,
		},
		after: []string{`commit label`, `409 commit ship`, `commit check {"slots":{"good":true}}`, `commit ship`},
	},
	{
		name: "loop failed", procedure: "loop",
		before: []string{`422 fail {"reason":" "}`, `fail {"reason":"\u200b"}`, `409 commit weigh {"slots":{"kilos":1}}`},
		fails:  true,
	},
	{
		name: "loop raced", procedure: "loop",
		before: []string{
			`commit weigh {"slots":{"kilos":3}}`, `race label`, `race label`, `422 commit check {"slots":{"good":1}}`,
		},
		after: []string{`409 commit label {"visit":2}`, `commit check {"slots":{"good":true}}`, `commit ship`},
	},
	{
		name: "pending", procedure: "versions", version: 1,
		after: []string{`commit a {"slots":{"x":"1"}}`, `commit b`},
	},
	{
		name: "refused", procedure: "versions", version: 1,
		before: []string{
			`422 commit a {"slots":{"x":7}}`, `422 commit a {"slots":{"x":7}}`, `422 commit a {"slots":{"x":7}}`,
			`422 commit a ` + manyIssues, `422 commit a ` + longInput, `422 draft a {"slots":{"x":8}}`,
			`409 skip a {"reason":"No"}`,
		},
		after: []string{
			`409 skip a {"reason":"No"}`, `422 commit a ` + manyIssues, `422 commit a ` + longInput,
			`commit a {"slots":{"x":"1"}}`, `commit b`,
		},
	},
	{name: "at once", procedure: "nothing-applies"},
	{
		name: "applies", procedure: "nothing-applies", metadata: `{"go":true}`, after: []string{`commit only`},
	},
	{
		name: "format 1", procedure: "format-1", // the procedure is archived
		before: []string{`draft first {"slots":{"x":"b"},"checklist":[{"key":"done","completed":true}]}`},
		after:  []string{`commit first`, `commit second`},
	},
	{
		name: "format 0.1", procedure: "format-0",
		after: []string{`commit a {"slots":{"confirmation_accepted":true,"amount":10.5}}`, `409 commit b`, `commit c`},
	},
	{
		name: "format 0.1 below", procedure: "format-0",
		before: []string{`commit a {"slots":{"confirmation_accepted":true,"amount":10}}`},
		after:  []string{`commit b`, `commit c`},
	},
}

var runsOfRefusedDefinitions = []oldRun{
	{
		name: "blank", procedure: "blank",
		before: []string{`draft first {"slots":{"x":"\u3164","text":"\u200b"}}`},
		after: []string{
			`422 commit first`, `commit first {"slots":{"x":"a"},"checklist":[{"key":"item","completed":true}]}`,
			`commit second`,
		},
	},
	{
		name: "blank committed", procedure: "blank",
		before: []string{
			`commit first {"slots":{"x":"\u3164","text":"\u200b"},"checklist":[{"key":"item","completed":true}]}`,
		},
		after: []string{`amend first {"slots":{"x":"a"},"reason":"Visible"}`, `commit second`},
	},
	{
		name: "equal options", procedure: "equal-options",
		before: []string{`draft first {"slots":{"one":"cafe\u0301","some":["caf\u00e9","cafe\u0301"]}}`},
		after:  []string{`commit first`, `commit second`},
	},
	{
		name: "equal options committed", procedure: "equal-options",
		before: []string{`commit first {"slots":{"one":"cafe\u0301","some":["caf\u00e9","cafe\u0301"]}}`},
		after:  []string{`commit second`},
	},
	{
		name: "unfillable", procedure: "unfillable",
		after: []string{
			`422 draft first {"slots":{"whole":1}}`, `422 commit first {"slots":{"given":"g","choices":["a","b"]}}`,
			`commit first {"slots":{"given":"g"}}`, `commit second`,
		},
	},
	{
		name: "sensitive default", procedure: "sensitive-default",
		before: []string{`draft first {"slots":{"code":"abc"}}`},
		after:  []string{`commit first`, `commit second`},
	},
	{
		name: "literals", procedure: "literals",
		before: []string{`commit first {"slots":{"one":"a","some":["x"],"at":"18:00:00","day":"2026-01-05","late":"l"}}`},
		after:  []string{`commit exact`},
	},
	{
		name: "literals drafted", procedure: "literals",
		before: []string{`draft first {"slots":{"one":"b","some":["y"],"at":"17:59:59.9","day":"2026-01-05"}}`},
		after:  []string{`commit first`, `commit second`, `commit exact`},
	},
	{
		name: "binary", procedure: "binary",
		before: []string{`draft number {"slots":{"a":0.1,"b":0.2,"n":6}}`},
		// In binary, 0.1 + 0.2 is more than 0.3.
		after: []string{
			`422 commit number`, `commit number {"slots":{"why_more":"binary"}}`, `commit even`, `commit half`,
			`commit share`, `409 commit close`, `commit end_`,
		},
	},
	{
		name: "binary committed", procedure: "binary",
		before: []string{
			`draft number {"slots":{"a":12345678901234567.1,"b":12345678901234567.2,"why_more":"m"}}`,
			`422 commit number {"slots":{"n":12345678901234567890}}`, `commit number {"slots":{"n":7}}`,
		},
		// In binary, a and b are equal.
		after: []string{`commit half`, `409 commit share`, `commit close`, `commit end_`},
	},
	{
		name: "huge number", procedure: "huge-number",
		before: []string{`draft first {"slots":{"n":1e99}}`}, after: []string{`commit first`, `commit second`},
	},
}
