package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

// canonicalText returns the canonical bytes of an event of the run r.
func canonicalText(seq int64, version, payload, at string) string {
	return fmt.Sprintf(`{"action":"step.opened","actor":"ann","entity_id":"r","entity_type":"run","id":"r/%d",`+
		`"occurred_at":"%s","payload":%s,"seq":%d,"v":%s}`, seq, at, payload, seq, version)
}

// sealText returns the event of the run r that follows a head, with any canonical bytes and their hash.
func sealText(head audit.Head, canonical string) audit.Event {
	e := audit.Event{
		Entity: audit.Run("r"), Seq: head.Seq + 1, Action: "step.opened", Actor: "ann", OccurredAt: corpusTime,
		Canonical: canonical, PrevHash: head.Hash,
	}
	if head.Seq == 0 {
		e.PrevHash = audit.Genesis
	}
	prev, _ := hex.DecodeString(e.PrevHash)
	sum := sha256.Sum256(append(prev, canonical...))
	e.Hash = toHex(sum[:])
	return e
}

// eventLine returns the line of an event with any text as its payload and further members.
func eventLine(e audit.Event, payload string, more ...string) string {
	return fmt.Sprintf(`{"id":"r/%d","entity_type":"run","entity_id":"r","seq":%d,"action":%s,"actor":%s,"occurred_at":"%s",`+
		`"payload":%s,"canonical":%s,"prev_hash":"%s","hash":"%s"%s}`, e.Seq, e.Seq, quote(e.Action), quote(e.Actor),
		e.OccurredAt.Format(audit.TimeFormat), payload, quote(e.Canonical), e.PrevHash, e.Hash,
		strings.Join(more, ""))
}

// addSealed adds events whose canonical bytes were changed, with the hash of the changed bytes. In one variant, the
// members beside them stay as they were; in another, they are copied from the changed bytes.
func (c *corpus) addSealed() {
	first := sealVersion(c.t, audit.Head{}, 1, `{"a":1}`)
	start := eventLine(first, `{"a":1}`)
	for _, version := range []string{"1", "2"} {
		canonical := canonicalText(2, version, `{"a":1}`, "2026-11-29T12:00:00.000000Z")
		add := func(how, text string) {
			if strings.Contains(text, "\xff") || strings.Contains(text, `\udc00\ud800`) {
				return // its quoted form would be another text
			}
			e := sealText(first.Head(), text)
			c.add("sealed, version "+version+how, joined(start, eventLine(e, `{"a":1}`)))
			if line, ok := copiedLine(e); ok {
				c.add("sealed and copied, version "+version+how, joined(start, line))
			}
		}
		eachMember(c.t, canonical, nil, add)
		for how, text := range spellings(canonical) {
			add(" "+how, text)
		}
		for how, text := range map[string]string{
			" with a space": strings.Replace(canonical, ":", ": ", 1), " with a line feed": canonical + "\n",
			" with a tab first": "\t" + canonical,
			" twice":            canonical + canonical, " with a brace more": canonical + "}",
			" cut off": canonical[:len(canonical)-1], " empty": "", " null": "null",
			" a string": quote(canonical), " with a byte order mark": "\ufeff" + canonical,
			" with escapes of the slash": strings.ReplaceAll(canonical, "/", `\/`),
		} {
			add(how, text)
		}
		for _, at := range sealedTimes {
			add(" at "+at, canonicalText(2, version, `{"a":1}`, at))
		}
		c.addPayloads(start, first.Head(), version)
	}
	c.addIdentifiers()
}

// copiedLine returns the line of an event whose members are copied, as texts, from its canonical bytes. It returns
// false if these cannot be read.
func copiedLine(e audit.Event) (line string, ok bool) {
	line = eventLine(e, `{"a":1}`)
	for name, before := range map[string]string{
		"id": `"r/2"`, "entity_type": `"run"`, "entity_id": `"r"`, "seq": "2", "action": `"step.opened"`,
		"actor":       `"ann"`,
		"occurred_at": `"2026-11-29T12:00:00.000000Z"`, "payload": `{"a":1}`,
	} {
		_, rest, found := strings.Cut(e.Canonical, `"`+name+`":`)
		value, _, ended := strings.Cut(rest, `,"`)
		if name == "payload" {
			value, _, ended = strings.Cut(rest, `,"seq":`)
		}
		if !found || !ended || strings.Contains(value, "\f") {
			return "", false
		}
		line = strings.Replace(line, `"`+name+`":`+before, `"`+name+`":`+value, 1)
	}
	return line, true
}

// sealedTimes are times of events, most of which are none.
var sealedTimes = []string{
	"2026-11-29T12:00:00.000001Z", "2026-11-29T11:59:59.000000Z", "2026-11-28T11:00:00.000000Z",
	"2026-11-30T24:00:00.000000Z",
	"2026-11-29T12:00:60.000000Z", "2026-11-29T12:60:00.000000Z", "2026-11-29T12:00:00.000000+00:00",
	"2026-11-29T13:00:00.000000+01:00",
	"2026-11-29T12:00:00.000Z", "2026-11-29T12:00:00Z", "2026-11-29T12:00:00.0000000Z", "2026-11-29T12:00:00,000000Z",
	"2026-11-29t12:00:00.000000z", "2026-11-29 12:00:00.000000Z", "2026-02-30T12:00:00.000000Z",
	"2028-02-29T12:00:00.000000Z",
	"2027-02-29T12:00:00.000000Z", "2026-13-01T12:00:00.000000Z", "2026-00-01T12:00:00.000000Z",
	"2026-11-00T12:00:00.000000Z",
	"0000-11-29T12:00:00.000000Z", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
	"10000-01-01T00:00:00.000000Z",
	"-001-11-29T12:00:00.000000Z", "2026-11-29T12:00:00.+00000Z", "2026-11-29T12:00:00.00000 Z",
	"2026-W48-7T12:00:00.000000Z",
	"２０２６-11-29T12:00:00.000000Z", "2026-11-29T12:00:00.000000Z\\n", "",
}

// addPayloads adds events with payloads in many forms, and with the same or the canonical text beside.
func (c *corpus) addPayloads(start string, head audit.Head, version string) {
	for _, payload := range sealedPayloads() {
		e := sealText(head, canonicalText(2, version, payload, corpusTime.Format(audit.TimeFormat)))
		c.add("payload, version "+version+": "+shortened(payload), joined(start, eventLine(e, payload)))
	}
	for inside, beside := range map[string][]string{
		`{"a":1}`: {`{"a":1.0}`, `{"a":1e0}`, `{"a":10E-1}`, `{ "a" : 1 }`, `{"\u0061":1}`, `{"a":"1"}`,
			`{"a":true}`, `{"a":1,"a":1}`, `{"a":1.0000000000000000001}`},
		`{"a":0}`: {`{"a":-0}`, `{"a":-0.0}`, `{"a":0e5}`, `{"a":1e-400}`, `{"a":false}`},
		`{"a":1.7976931348623157e+308}`: {
			`{"a":1e400}`, `{"a":1.7976931348623157e308}`, `{"a":1.7976931348623159e+308}`,
			`{"a": 1.7976931348623157e+308}`, `{"a":1` + strings.Repeat("0", 400) + `}`,
			`{"a":1` + strings.Repeat("0", 5000) + `}`, `{"a":179769313486231570000` + strings.Repeat("0", 288) + `}`,
		},
		`{"a":-1.7976931348623157e+308}`: {`{"a":-1e400}`, `{"a":-1e309}`},
		`{"a":12345678901234567000}`:     {`{"a":12345678901234567890}`, `{"a":12345678901234567000.0}`},
		`{"a":9007199254740992}`:         {`{"a":9007199254740993}`, `{"a":9007199254740992.0}`},
		`{"a":"é"}`:                      {`{"a":"\u00e9"}`, `{"a":"\u00E9"}`, `{"a":"e\u0301"}`},
		`{"a":1e+21}`:                    {`{"a":1000000000000000000000}`, `{"a":1E21}`, `{"a":1e21}`},
		`{"a":1e-7}`:                     {`{"a":0.0000001}`}, `{"a":[]}`: {`{"a":[ ]}`, `{"a":{}}`, `{"a":null}`},
		`{"a":null}`: {`{"a":null}`, `{}`}, `{"a":1,"b":2}`: {`{"b":2,"a":1}`},
		`{"a":"😀"}`:                       {`{"a":"\ud83d\ude00"}`, `{"a":"\uD83D\uDE00"}`, `{"a":"\ude00\ud83d"}`},
		`{"a":"1.7976931348623157e+308"}`: {`{"a": "1.7976931348623157e+308"}`},
	} {
		e := sealText(head, canonicalText(2, version, inside, corpusTime.Format(audit.TimeFormat)))
		for _, other := range beside {
			c.add("beside, version "+version+": "+inside+" and "+shortened(other), joined(start, eventLine(e, other)))
		}
	}
}

// sealedPayloads returns payloads, some of which are not in RFC 8785 form.
func sealedPayloads() []string {
	all := []string{
		`{}`, `null`, `[]`, `"x"`, `1`, `true`, `{ }`, `{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"a":1,"a":1}`,
		`{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`,
		`{"a":[{"b":1,"b":1}]}`, `{"a":1 }`, `{"a": 1}`, `{"a":1,"b":[1, 2]}`, `{"a":"\u0062"}`,
		`{"a":"\u001f"}`, `{"a":"\u001F"}`, `{"a":"\n"}`, `{"a":"\u000a"}`,
		`{"a":"\b\t\f\r"}`, `{"a":"\/"}`, `{"a":"/"}`, `{"a":"\u007f"}`, "{\"a\":\"\x7f\"}", `{"a":"\u2028"}`,
		"{\"a\":\"\u2028\"}", `{"a":"<&>"}`, `{"a":"\u003c"}`,
		`{"a":"\\"}`, `{"a":"\""}`, `{"a":"\ud83d\ude00"}`, `{"a":"😀"}`, `{"a":"\ud83d"}`, `{"é":1}`,
		`{"\u00e9":1}`, "{\"\ufb33\":1,\"😀\":2}", "{\"😀\":2,\"\ufb33\":1}",
		`{"":1}`, `{"a":1,"":2}`, `{"":2,"a":1}`, `{"A":1,"a":2}`, `{"a":2,"A":1}`, `{"\u0061":1}`, `{"a":01}`,
		`{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":NaN}`,
		`{"a":Infinity}`, `{"a":-Infinity}`, `{"a":True}`, `{"a":nul}`, `{"a":}`, `{"a"}`, `{,}`, `{"a":1,}`,
		`{"a":[1,]}`, `{"sha256":1}`, `{"sha256":"x"}`,
		`{"a":{"sha256":"` + strings.Repeat("A", 43) + `","b":1}}`, `{"a":{"sha256":"` + strings.Repeat("A",
			42) + `"}}`, `{"a":{"sha256":"` + strings.Repeat("A", 42) + `="}}`,
		`{"a":{"sha256":"` + strings.Repeat("A", 43) + `\n"}}`, `{"a":{"sha256":"` + strings.Repeat("A",
			43) + `"}}`, `{"a":{"sha256":"` + strings.Repeat("A", 42) + `é"}}`,
		`{"sha256":"` + strings.Repeat("A", 43) + `"}`, `{"a":{"sha25\u0036":"` + strings.Repeat("A", 43) + `"}}`,
		`{"a":"` + "\u00e9" + `"}`, `{"a":"e` + "\u0301" + `"}`,
	}
	for _, n := range []string{
		"0", "-0", "-0.0", "0.0", "1.0", "1e0", "1E0", "1e+0", "10e-1", "-1", "1.5", "1.50", "0.1", "1e1",
		"1e20", "100000000000000000000", "1e21", "1e+21", "1E+21", "1e+22",
		"1000000000000000000000", "0.000001", "1e-6", "1e-7", "0.0000001", "1.0e-7", "999999999999999",
		"9007199254740991", "9007199254740992", "9007199254740993",
		"12345678901234567890", "12345678901234567000", "12345678901234567168", "18446744073709551616",
		"18446744073709552000", "1e400", "-1e400", "1E400", "1e-400", "5e-324", "4.9e-324", "4e-324",
		"1.7976931348623157e+308", "1.7976931348623157e308", "1.7976931348623159e+308", "0.1000000000000000055",
		"333333333.3333333", "333333333.33333329", "4.35", "123e45", "1.23e+47",
		"1" + strings.Repeat("0", 400), "1" + strings.Repeat("0", 5000), "0." + strings.Repeat("1", 400),
	} {
		all = append(all, `{"a":`+n+`}`)
	}
	for _, levels := range []int{98, 99, 100, 101, 102, 150, 197, 199, 200, 201, 300, 1000, 5000} {
		all = append(all, `{"a":`+nested(levels)+`}`, strings.Repeat(`{"a":`, levels)+"1"+strings.Repeat("}", levels))
	}
	return all
}

// addIdentifiers adds first events of entities with other identifiers, actions and actors.
func (c *corpus) addIdentifiers() {
	for _, one := range []struct{ kind, id, action, actor string }{
		{"run", "r", "step.opened", ""}, {"run", "", "step.opened", "ann"}, {"", "r", "step.opened", "ann"},
		{"run", "r", "", "ann"},
		{"run", "R", "step.opened", "ann"}, {"run", "r ", "step.opened", "ann"}, {"run", "r/1", "step.opened",
			"ann"}, {"run", "é", "step.opened", "é"},
		{"run", "r\n", "step.opened", "ann\x00"}, {"run", "r", "step.opened ", "ann"}, {"run", "r",
			"run.started step.opened", "ann"}, {"run", "r", "procedure.created", "ann"},
		{"procedure", "p", "procedure.created", "ann"}, {"procedure", "p", "run.created", "ann"}, {"checkpoint",
			"1", "procedure.created", "ann"}, {"Run", "r", "step.opened", "ann"},
		{"run", "r\u2028", "step.opened", "<&>"}, {"run", "\x7f", "step.opened", "\x1f"}, {"run", "😀",
			"step.opened", "\u00a0"},
	} {
		e := corpusSealed(c.t, audit.Entity{Type: one.kind, ID: one.id}, one.action, one.actor)
		c.add(fmt.Sprintf("identifiers %q", one), joined(corpusChain(c.t, e)...))
	}
	good := corpusEvent(c.t, audit.Head{})
	line := corpusChain(c.t, good)[0]
	for how, other := range map[string]string{
		"upper-case hash":   strings.Replace(line, good.Hash, strings.ToUpper(good.Hash), 1),
		"hash with a space": strings.Replace(line, good.Hash, good.Hash+" ", 1),
	} {
		c.add("event with "+how, other+"\n")
	}
	next := corpusEvent(c.t, good.Head())
	upper := strings.Replace(corpusChain(c.t, next)[0], `"prev_hash":"`+good.Hash,
		`"prev_hash":"`+strings.ToUpper(good.Hash), 1)
	c.add("upper-case prev_hash", joined(line, upper))
	c.add("upper-case prev_hash in a repeated line", joined(line, corpusChain(c.t, next)[0], upper))
	c.add("repeated line with its prev_hash", joined(line, corpusChain(c.t, next)[0], corpusChain(c.t, next)[0]))
}

// addDisclosures adds events with disclosures in other forms.
func (c *corpus) addDisclosures() {
	salt := make([]byte, 16)
	plain := base64.RawURLEncoding.EncodeToString(salt)
	digest := func(text string) string {
		sum := sha256.Sum256(append(slices.Clone(salt), text...))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	add := func(what, payload, disclosures, opened string) {
		e := sealText(audit.Head{}, canonicalText(1, "2", payload, corpusTime.Format(audit.TimeFormat)))
		c.add("disclosures: "+what, eventLine(e, opened, `,"disclosures":`+disclosures)+"\n")
	}
	commitTo := func(text string) string { return `{"sha256":"` + digest(text) + `"}` }
	disclose := func(salt, value string) string { return `{"salt":"` + salt + `","value":` + value + `}` }
	for _, last := range "ABCQRghwxz019_-=+/\n" {
		add("a salt that ends with "+quote(string(last)), `{"a":`+commitTo(`"v"`)+`}`,
			`{"/a":`+disclose(plain[:21]+strings.Trim(quote(string(last)), `"`), `"v"`)+`}`, `{"a":"v"}`)
	}
	for _, other := range []string{plain + "=", plain + "==", plain[:21], plain[:20], plain + "A", plain + "AA",
		"", plain[:10] + " " + plain[:11], plain[:10] + `\n` + plain[:11], plain + `\r\n`, plain[:20] + "é"} {
		add("the salt "+other, `{"a":`+commitTo(`"v"`)+`}`, `{"/a":`+disclose(other, `"v"`)+`}`, `{"a":"v"}`)
	}
	values := map[string][]string{`1`: {"1", "1.0", "1e0", "01", `"1"`, "true"}, `"é"`: {`"é"`, `"\u00e9"`,
		`"\u00E9"`}, `0`: {"0", "-0", "-0.0"}, `1.7976931348623157e+308`: {"1.7976931348623157e+308", "1e400",
		"1.7976931348623157e308"},
		`"😀"`: {`"😀"`, `"\ud83d\ude00"`, `"\ud83d"`}, `{"x":1,"y":2}`: {`{"x":1,"y":2}`, `{"y":2,"x":1}`,
			`{"x":1,"y":2,"y":2}`, `{ "x":1,"y":2}`}, `null`: {"null", "{}"}, `[1,2]`: {"[1,2]", "[1, 2]", "[2,1]"},
		`1.0`: {"1.0", "1"}, `"\u0041"`: {`"A"`, `"\u0041"`}, `{"y":2,"x":1}`: {`{"y":2,"x":1}`,
			`{"x":1,"y":2}`}, `12345678901234567890`: {"12345678901234567890", "12345678901234567000"},
		`-0`: {"-0", "0"}, `1e400`: {"1e400", "1.7976931348623157e+308"},
		`{"sha256":"` + strings.Repeat("A", 43) + `"}`: {`{"sha256":"` + strings.Repeat("A", 43) + `"}`},
		`{"x":1,"x":1}`: {`{"x":1,"x":1}`, `{"x":1}`}, `"\ud83d"`: {`"\ud83d"`, `"\ufffd"`}}
	for _, levels := range []int{97, 98, 99, 100, 101, 102, 196, 300} {
		values[nested(levels)] = []string{nested(levels), " " + nested(levels)}
	}
	for _, committed := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[committed] {
			for _, opened := range []string{value, committed} {
				add("the value "+shortened(value)+" for "+shortened(committed), `{"a":`+commitTo(committed)+`}`,
					`{"/a":`+disclose(plain, value)+`}`, `{"a":`+opened+`}`)
			}
		}
	}
	one, two := commitTo(`"v"`), disclose(plain, `"v"`)
	for place, name := range map[string]string{"/a~1b": "a/b", "/a~0b": "a~b", "/a/b": "a/b", "/a~b": "a~b",
		"/a%2Fb": "a/b", "/a~01b": "a~1b", "/é": "é", `/\u00e9`: "é", `\u002fa`: "a", "/": "", "": "",
		"#/a": "a", "a": "a", "/a ": "a", `/a\"`: `a"`, "/~": "~", "/~0": "~", `/\\`: `\`} {
		add("the place "+place+" of "+name, `{`+quote(name)+`:`+one+`}`, `{"`+place+`":`+two+`}`,
			`{`+quote(name)+`:"v"}`)
	}
	list := `{"a":[` + one + `,` + one + `]}`
	opened := `{"a":["v","v"]}`
	for how, text := range map[string]string{
		"in order":                 `{"/a/0":` + two + `,"/a/1":` + two + `}`,
		"in another order":         `{"/a/1":` + two + `,"/a/0":` + two + `}`,
		"with white space":         `{ "/a/0" : ` + two + ` , "/a/1":` + two + `}`,
		"one twice":                `{"/a/0":` + two + `,"/a/0":` + two + `,"/a/1":` + two + `}`,
		"one missing":              `{"/a/0":` + two + `}`,
		"one more":                 `{"/a/0":` + two + `,"/a/1":` + two + `,"/a/2":` + two + `}`,
		"an index with a zero":     `{"/a/00":` + two + `,"/a/1":` + two + `}`,
		"an index with a sign":     `{"/a/+0":` + two + `,"/a/1":` + two + `}`,
		"a member more":            `{"/a/0":{"salt":"` + plain + `","value":"v","x":1},"/a/1":` + two + `}`,
		"a member more first":      `{"/a/0":{"a":1,"salt":"` + plain + `","value":"v"},"/a/1":` + two + `}`,
		"members in another order": `{"/a/0":{"value":"v","salt":"` + plain + `"},"/a/1":` + two + `}`,
		"salt twice":               `{"/a/0":{"salt":"` + plain + `","salt":"` + plain + `","value":"v"},"/a/1":` + two + `}`,
		"null":                     "null", "empty": "{}", "a list": "[]", "a string": quote(`{"/a/0":` + two + `}`),
		"true": "true", "zero": "0", "an empty string": `""`, "false": "false",
	} {
		add("the disclosures "+how, list, text, opened)
	}
	all := `{"/a/0":` + two + `,"/a/1":` + two + `}`
	add("the payload in white space", list, all, " {\t\"a\" : [\"v\",\"v\"]\r}")
	add("the payload escaped", list, all, `{"a":["\u0076","v"]}`)
	add("the payload with a commitment", list, all, `{"a":["v",`+one+`]}`)
	add("in an event of version 1", `1`, all, opened)
	old := sealVersion(c.t, audit.Head{}, 1, list)
	for _, text := range []string{all, "null", "{}", "[]", `""`} {
		c.add("disclosures in version 1: "+shortened(text), eventLine(old, list, `,"disclosures":`+text)+"\n")
	}
	c.add("commitments in version 1", eventLine(old, list)+"\n")
}
