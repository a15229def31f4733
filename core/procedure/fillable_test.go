package procedure_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// longest is the longest text that a request of 1 MiB can hold for a slot x.
const longest = 1<<20 - len(`{"slots":{"x":""}}`)

func TestASlotThatNoValueCanFillIsAFinding(t *testing.T) {
	for _, c := range []struct{ rule, members, at, constraints string }{
		{"more choices than options", `"type":"multi_enum","options":["a","b"],"min_length":3`, "min_length", "min_length"},
		{"no choice allowed", `"type":"multi_enum","options":["a","b"],"max_length":0`, "max_length", "max_length"},
		{"no integer between the bounds", `"type":"integer","min":1.2,"max":1.8`, "min", "min max"},
		{"no negative integer between the bounds", `"type":"integer","min":-0.9,"max":-1e-9`, "min", "min max"},
		{"no decimal between the bounds", `"type":"number","min":1.21,"max":1.29,"decimals":1`, "min", "min max decimals"},
		{"a mask longer than max_length", `"type":"string","mask":"XX-XX","max_length":4`, "mask", "mask max_length"},
		{"a mask shorter than min_length", `"type":"string","mask":"XX","min_length":3`, "mask", "mask min_length"},
		{"a mask that the pattern refuses", `"type":"string","mask":"XX","validate":"[a-z]+"`, "validate", "validate mask"},
		{"a mask one digit off", `"type":"string","mask":"XXX","validate":"\\d{4}|\\d\\d"`, "validate", "validate mask"},
		{"a pattern too long", `"type":"text","validate":"[A-Z]{5,}","max_length":4`, "validate", "validate max_length"},
		{"a pattern too short", `"type":"text","validate":"[A-Z]{1,5}","min_length":6`, "validate", "validate min_length"},
		{
			"a pattern of even lengths", `"type":"text","validate":"(ab)*","min_length":3,"max_length":3`,
			"validate", "validate min_length max_length",
		},
		{"no text allowed", `"type":"string","max_length":0`, "max_length", "max_length"},
		{"a pattern that nothing matches", `"type":"text","validate":"a^b"`, "validate", "validate"},
		{"a word boundary inside a word", `"type":"text","validate":"a\\bb"`, "validate", "validate"},
		{"a pattern of blank texts", `"type":"text","validate":"[ \\x{200b}]*"`, "validate", "validate"},
		{"a pattern of the empty text", `"type":"string","validate":"^$"`, "validate", "validate"},
		{"a pattern of several lines", `"type":"string","validate":"a\\nb"`, "validate", "validate"},
		{"a mask of several lines", `"type":"string","mask":"X\nX"`, "mask", "mask"},
		{"an email without an at sign", `"type":"email","validate":"[a-z.]+"`, "validate", "validate"},
		{"an email of one label", `"type":"email","validate":"\\w+@intranet"`, "validate", "validate"},
		{"an email whose last label is a number", `"type":"email","mask":"a@b.X"`, "mask", "mask"},
		{"an email too short", `"type":"email","max_length":4`, "max_length", "max_length"},
		{"an email too long", `"type":"email","min_length":255`, "min_length", "min_length"},
		{"a URL of another scheme", `"type":"url","validate":"ftp://.+"`, "validate", "validate"},
		{"a URL with a space", `"type":"url","validate":"https://a/ .*"`, "validate", "validate"},
		{"a URL too short", `"type":"url","max_length":7`, "max_length", "max_length"},
		{"a URL with a port too large", `"type":"url","mask":"http://a:7XXXX"`, "mask", "mask"},
		{"a phone number too short", `"type":"phone","max_length":4`, "max_length", "max_length"},
		{"a phone number without digits", `"type":"phone","validate":"\\+[ ()-]*"`, "validate", "validate"},
		{"a phone number without a calling code", `"type":"phone","mask":"0X XX XX XX XX"`, "mask", "mask"},
		{
			"a local number too short for its region", `"type":"phone","metadata":{"region":"FR"},"max_length":3`,
			"max_length", "max_length",
		},
		{
			"a text longer than a request", `"type":"text","min_length":` + strconv.Itoa(longest+1),
			"min_length", "min_length",
		},
	} {
		t.Run(c.rule, func(t *testing.T) {
			_, issues := procedure.Read(context.Background(), parse(t, inSlot(c.members)), cel.Language{})
			require.Len(t, issues.First, 1)
			require.Equal(t, "definition.unfillable", issues.First[0].Code)
			require.Equal(t, "/steps/0/slots/0/"+c.at, issues.First[0].Field)
			require.Equal(t, strings.Fields(c.constraints), issues.First[0].Params["constraints"])
		})
	}
}

func TestASlotThatAValueCanFillIsNotAFinding(t *testing.T) {
	for _, members := range []string{
		`"type":"multi_enum","options":["a","b"],"min_length":2,"max_length":2`,
		`"type":"integer","min":1.2,"max":2`, `"type":"integer","min":-0.5,"max":0.5`, `"type":"integer","min":0.5`,
		`"type":"integer","min":9.1e59,"max":9.2e59`, `"type":"number","min":1.21,"max":1.21`,
		`"type":"string","mask":"XX-\\XX","validate":"[0-9]{2}-X[5-7]","min_length":5,"max_length":5`,
		`"type":"string","validate":"(?i)straße|x","min_length":6`, `"type":"string","validate":"\\p{Greek}+"`,
		`"type":"text","validate":"(?m)^a$\\n^b$"`, `"type":"text","validate":"a\\b-\\Bb?"`,
		`"type":"text","validate":"(ab)*","min_length":999,"max_length":1000`,
		`"type":"text","validate":"\\Q(a"`, `"type":"text","min_length":` + strconv.Itoa(longest),
		`"type":"email","validate":".*@bank\\.example","max_length":20`, `"type":"email","mask":"agent-XXX@bank.example"`,
		`"type":"email","max_length":5`, `"type":"email","min_length":254`, `"type":"url","max_length":8`,
		`"type":"url","validate":"https://([a-z-]+\\.)*bank\\.example(/.*)?"`,
		`"type":"url","mask":"http://XXX.0.0.1:XXXXXX"`,
		`"type":"url","mask":"http://[fe80::X%XXethX]/"`,
		`"type":"url","mask":"http://[::X]:655XX/"`, `"type":"url","validate":"HTTP://.*%20.*"`,
		`"type":"phone","mask":"+41 XX XXX XX XX"`, `"type":"phone","validate":"\\+41.*","max_length":12`,
		`"type":"phone","metadata":{"region":"FR"},"mask":"0X XX XX XX XX"`,
		`"type":"phone","metadata":{"region":"DE"},"max_length":2`, `"type":"phone","min_length":200`,
		`"type":"phone","validate":"[+0-9 ]+ (x|poste) ?[0-9]{4}"`,
		`"type":"date","min":"2024-02-29","max":"2024-02-29"`, `"type":"time","min":"08:00:00","max":"08:00:00"`,
	} {
		require.Empty(t, findings(t, inSlot(members)), members)
	}
}

func TestTheSearchForUnfillableSlotsIsBounded(t *testing.T) {
	hard := `{"name":"x%d","type":"text","validate":"(a|b|\\pL|ab){0,70}([a-c]b|[a-d]{2}){0,70}c","min_length":%d}`
	var slots []string
	for i := range 200 {
		slots = append(slots, fmt.Sprintf(hard, i, 500_000+i))
	}
	doc := parse(t, inStep(`,"slots":[`+strings.Join(slots, ",")+`]`))
	start := time.Now()
	procedure.Read(context.Background(), doc, cel.Language{}) // takes 0.5 s; without slot.Effort, several minutes
	require.Less(t, time.Since(start), 20*time.Second)
}

// TestNoSlotOfASmallDefinitionIsImpossibleToFill searches small definitions for wrong results of the linter: slots that
// it accepts although no value fills them, and slots that it reports although a value fills them.
func TestNoSlotOfASmallDefinitionIsImpossibleToFill(t *testing.T) {
	found := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		members, values := smallSlot(t)
		n, err := jsondoc.Parse([]byte(inSlot(members)))
		require.NoError(t, err, members)
		doc, issues := procedure.Read(context.Background(), n, cel.Language{})
		if issues.Count > 0 && (issues.Count > 1 || issues.First[0].Code != "definition.unfillable") {
			t.Skip(issues.First[0].Code)
		}
		s := &doc.Steps[0].Slots[0]
		i := slices.IndexFunc(values, func(raw []byte) bool {
			v, issue := s.Check(raw)
			return issue == nil && !v.IsAbsent()
		})
		found[i >= 0]++
		switch {
		case i >= 0 && issues.Count > 0:
			t.Fatalf("%s is reported, but %s fills it", members, values[i])
		case i < 0 && issues.Count == 0 && s.Type != slot.Phone:
			t.Fatalf("no value fills %s", members)
		}
	})
	require.Positive(t, found[true])
	require.Positive(t, found[false])
}

// smallSlot returns the members of a slot, and values that fill it if any value does. The values for a phone number
// are only a sample.
func smallSlot(t *rapid.T) (members string, values [][]byte) {
	length := func(most int) string {
		var all string
		if n := rapid.IntRange(-1, most-2).Draw(t, "min_length"); n >= 0 {
			all += `,"min_length":` + strconv.Itoa(n)
		}
		if n := rapid.IntRange(-1, most-1).Draw(t, "max_length"); n >= 0 {
			all += `,"max_length":` + strconv.Itoa(n)
		}
		return all
	}
	textual := func(typ string, lengths int, prefix, atoms, masks []string, values [][]byte) (string, [][]byte) {
		members := `"type":"` + typ + `"` + length(lengths)
		if rapid.Bool().Draw(t, "validate") {
			pattern := rapid.SampledFrom(prefix).Draw(t, "prefix") + smallPattern(t, atoms)
			members += `,"validate":` + quoted(pattern)
		}
		if rapid.IntRange(0, 2).Draw(t, "mask") == 0 {
			members += `,"mask":` + quoted(rapid.SampledFrom(masks).Draw(t, "masks"))
		}
		return members, values
	}
	noPrefix := []string{""}
	switch rapid.IntRange(0, 6).Draw(t, "type") {
	case 0:
		return bounded(t, "integer")
	case 1:
		return bounded(t, "number")
	case 2:
		options := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "é", "x"}), 1, 3, rapid.ID).Draw(t, "options")
		text, _ := json.Marshal(options)
		return `"type":"multi_enum","options":` + string(text) + length(5), subsets(options)
	case 3:
		masks := []string{"X", "XX", "a-X", "X\nX", "X X", "aX0-"}
		typ := rapid.SampledFrom([]string{"string", "text"}).Draw(t, "text type")
		return textual(typ, 6, noPrefix, lineAtoms, masks, lines)
	case 4:
		prefix := []string{"", ".*@", "[a-z]@", "a?@"}
		masks := []string{"X@a.a", "X@X.X", "X@a", "a@0.aX", "X.a", "a@X-.a", "a@-X.a", "-@a.Xa"}
		return textual("email", 8, prefix, domainAtoms, masks, emails)
	case 5:
		prefix := []string{"http://", "https?://", "", "http:/", "(?i)HTTP://"}
		masks := []string{"http://X", "http://aX", "http://X.a", "http:/X/a", "http://a:X", "http://a.X", "http://aX/"}
		return textual("url", 13, prefix, domainAtoms, masks, urls)
	}
	masks := []string{
		"+X", "+XX", "+4X XXX", "+49XX", "0XXX", "+XXXX", "(XX)X", "+4X-XX", "XX+XX", "X X", "+0XXXX", "+2X0XX",
	}
	regions := []string{"", `,"metadata":{"region":"DE"}`, `,"metadata":{"region":"FR"}`}
	region := rapid.SampledFrom(regions).Draw(t, "region")
	members, values = textual("phone", 8, noPrefix, []string{`\+`, `4`, `\d`, `.`, `\d+`, ` `, `\+49`}, masks, phones)
	return members + region, values
}

var lineAtoms = []string{
	"a", "0", `\d`, "[a-z]", `\w`, ".", "-", `\n`, `\s`, "^", "$", `\b`, `\B`, "(?i:A)", "[^a]", "", "(?s:.)", "(?m:^)",
	`\z`,
}

var domainAtoms = []string{"a", `\.`, "0", `\d`, `\w`, ".", "-", "@", "[a.]", `\b`, "$", "a", `\.a`, `a\.`, "/", ":0"}

// smallPattern returns a pattern of up to three parts. If it matches any text, it matches a text of at most six
// characters.
func smallPattern(t *rapid.T, atoms []string) string {
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		part := rapid.SampledFrom(atoms).Draw(t, "atom")
		switch rapid.IntRange(0, 5).Draw(t, "repeat") {
		case 0:
			part = "(?:" + part + ")*"
		case 1:
			part = "(?:" + part + ")?"
		case 2:
			part = "(?:" + part + "|" + rapid.SampledFrom(atoms).Draw(t, "other") + ")"
		}
		b.WriteString(part)
	}
	return b.String()
}

// bounded returns a slot whose bounds are random multiples of 0.25, and all multiples of 0.25 from -3 to 3.
func bounded(t *rapid.T, typ string) (members string, values [][]byte) {
	members = `"type":"` + typ + `"`
	for _, name := range []string{"min", "max"} {
		if q := rapid.IntRange(-9, 8).Draw(t, name); q > -9 {
			members += fmt.Sprintf(`,"%s":%v`, name, float64(q)/4)
		}
	}
	for q := -12; q <= 12; q++ {
		values = append(values, fmt.Appendf(nil, "%v", float64(q)/4))
	}
	return members, values
}

// subsets returns the JSON of every subset of the options.
func subsets(options []string) (all [][]byte) {
	for bits := range 1 << len(options) {
		var list []string
		for i, o := range options {
			if bits>>i&1 == 1 {
				list = append(list, o)
			}
		}
		text, _ := json.Marshal(list)
		all = append(all, text)
	}
	return all
}

// textsOf returns every text of up to the given length that consists of the letters, shortest first.
func textsOf(letters string, length int) []string {
	all, last := []string{""}, []string{""}
	for range length {
		var next []string
		for _, text := range last {
			for _, l := range letters {
				next = append(next, text+string(l))
			}
		}
		all, last = append(all, next...), next
	}
	return all
}

// Texts with which the test tries to fill slots of each type. If any text fills a small slot, one of these does.
var (
	lines  = quotedAll(textsOf("a0- \n", 6))
	emails = quotedAll(crossed([]string{"a", "0", "aa", "a.a", "-"}, "@", textsOf("a0.-", 5)))
	urls   = quotedAll(crossed([]string{"http", "https", "HTTP"}, "://", slices.Concat(
		textsOf("a0.-/:@", 4), textsOf("a0.", 6), crossed(textsOf("a0.-", 4), "", []string{":0", "/"}),
	)))
	phones = quotedAll(crossed([]string{"", "+", "+4", "+49", "0"}, "", textsOf("0149 ", 5)))
)

func crossed(first []string, between string, second []string) (all []string) {
	for _, b := range second {
		for _, a := range first {
			all = append(all, a+between+b)
		}
	}
	return all
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func quotedAll(texts []string) [][]byte {
	all := make([][]byte, len(texts))
	for i, text := range texts {
		all[i] = []byte(quoted(text))
	}
	return all
}
