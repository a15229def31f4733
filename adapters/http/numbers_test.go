package http_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	prefer    = "Prefer"
	asStrings = "numbers=string"
)

// numericSlots has a slot of each kind that matters for numbers: its strings, options and metadata look like numbers.
const numericSlots = `{"id":"numeric","name":"Numeric","metadata":{"limit":3,"text":"3"},"max_visits":7,"steps":[
 {"key":"first","title":"First","metadata":{"min":1},"slots":[
  {"name":"count","type":"integer","required":false,"min":-99999999999999999999,"max":99999999999999999999,"default":12},
  {"name":"rate","type":"number","required":false,"min":-1e30,"decimals":40,"default":0.50},
  {"name":"secret","type":"number","required":false,"sensitive":true},
  {"name":"text","type":"string","required":false,"max_length":40,"default":"12"},
  {"name":"choice","type":"enum","required":false,"options":["1",{"value":"2","label":"3"}],"default":"1"},
  {"name":"choices","type":"multi_enum","required":false,"options":["1","2"],"max_length":2,"default":["2"]},
  {"name":"agreed","type":"boolean","required":false,"default":true},
  {"name":"day","type":"date","required":false,"min":"2020-01-01"}]},
 {"key":"last","title":"Last","transitions":[{"when":"last.?again.orValue(0) > 0","to":"first"}],
  "slots":[{"name":"again","type":"integer","required":false}]}]}`

// startNumeric stores the procedure numericSlots and returns the path of a new run of it.
func (srv *testServer) startNumeric() (path string) {
	srv.t.Helper()
	require.Contains(srv.t, []int{200, 201}, srv.call("POST", "/procedures", numericSlots).status)
	r := srv.call("POST", "/runs", `{"procedure_id":"numeric"}`)
	require.Equal(srv.t, 201, r.status, "%s", r.raw)
	return r.header.Get("Location")
}

// rawMember returns the raw JSON of a value in a document, by the names and indexes that lead to it.
func rawMember(t require.TestingT, document []byte, names ...any) string {
	raw := json.RawMessage(document)
	for _, name := range names {
		switch name := name.(type) {
		case string:
			var members map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(raw, &members), "%s of %s", name, raw)
			raw = members[name]
		case int:
			var items []json.RawMessage
			require.NoError(t, json.Unmarshal(raw, &items), "%d of %s", name, raw)
			require.Greater(t, len(items), name, "%s", raw)
			raw = items[name]
		}
	}
	return string(raw)
}

func rawSlot(t require.TestingT, run []byte, slot string) string {
	return rawMember(t, run, "steps", 0, "slots", slot)
}

// Each value is submitted as a JSON number and as a string, with and without the preference.
func TestValuesOfNumericSlotsAreStringsBothWaysWithThePreference(t *testing.T) {
	srv := newTestServer(t)
	for _, c := range []struct{ slot, literal, shown, code string }{
		{"count", "12345678901234567890", "12345678901234567890", ""},
		{"count", "-12345678901234567890", "-12345678901234567890", ""},
		{"count", "9007199254740993", "9007199254740993", ""},
		{"count", "0", "0", ""},
		{"count", "-0", "0", ""},
		{"count", "1e3", "1000", ""},
		{"count", "12E+2", "1200", ""},
		{"count", "3.0", "3.0", ""},
		{"count", "3.9", "", "validation.type"},
		{"count", "1e20", "", "validation.max"},
		{"count", "1e101", "", "validation.precision"},
		{"count", strings.Repeat("9", 61), "", "validation.precision"},
		{"rate", "0.12345678901234567890123", "0.12345678901234567890123", ""},
		{"rate", "-0.12345678901234567890123", "-0.12345678901234567890123", ""},
		{"rate", "99.50", "99.50", ""},
		{"rate", "-0.00", "0.00", ""},
		{"rate", "1.50e1", "15.0", ""},
		{"rate", "1e-7", "0.0000001", ""},
		{"rate", "1e-41", "", "validation.decimals"},
		{"secret", "12345678901234567890", "null", ""},
	} {
		run := srv.startNumeric()
		for _, form := range []struct{ name, value, prefer, code string }{
			{"a number", c.literal, "", c.code},
			{"a number with the preference", c.literal, asStrings, c.code},
			{"a string with the preference", `"` + c.literal + `"`, asStrings, c.code},
			{"a string", `"` + c.literal + `"`, "", "validation.type"},
		} {
			name := fmt.Sprintf("%s %s as %s", c.slot, c.literal, form.name)
			r := srv.call("PATCH", run+"/steps/first", `{"slots":{"`+c.slot+`":`+form.value+`}}`, prefer, form.prefer)
			require.Equal(t, form.prefer, r.header.Get("Preference-Applied"), name)
			if form.code != "" {
				require.Equal(t, []string{"slots." + c.slot + " " + form.code}, r.codes(), name)
				continue
			}
			require.Equal(t, 200, r.status, "%s: %s", name, r.raw)
			shown := c.shown
			if form.prefer != "" && shown != "null" {
				shown = `"` + shown + `"`
			}
			require.Equal(t, shown, rawSlot(t, r.raw, c.slot), name)
		}
	}
}

// A string that does not spell a JSON number is not taken for one.
func TestOtherStringsForNumericSlotsStayStrings(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	for _, text := range []string{
		" 12", "12 ", "\\t12", "0x10", "1_000", "1,000", "+5", "١٢", "１２", ".5", "5.", "01", "-", "--1", "1e", "1e+", "e1",
		"NaN", "Infinity", "-Infinity", "true", "null", "1\\u00a0", "[1]", "{}", "12\\n", "1.2.3", "twelve", "\\\"1\\\"",
	} {
		for _, slot := range []string{"count", "rate", "secret"} {
			r := srv.call("PATCH", run+"/steps/first", `{"slots":{"`+slot+`":"`+text+`"}}`, prefer, asStrings)
			require.Equal(t, []string{"slots." + slot + " validation.type"}, r.codes(), "%s %q", slot, text)
		}
	}
	for _, text := range []string{"", " ", "\\u00a0"} { // no visible character: no value, as without the preference
		r := srv.call("PATCH", run+"/steps/first", `{"slots":{"count":"`+text+`"}}`, prefer, asStrings)
		without := srv.call("PATCH", run+"/steps/first", `{"slots":{"count":"`+text+`"}}`)
		require.Equal(t, without.codes(), r.codes(), "%q", text)
		require.Equal(t, without.status, r.status, "%q", text)
	}
	r := srv.call("PATCH", run+"/steps/first", `{"slots":{"count":"\u0031\u0032\u002e0"}}`, prefer, asStrings)
	require.Equal(t, `"12.0"`, rawSlot(t, r.raw, "count"), "escapes are no part of the text")
	r = srv.call("PATCH", run+"/steps/first", `{"slots":{"count":null}}`, prefer, asStrings)
	require.Equal(t, "", rawSlot(t, r.raw, "count"), "null still means no value")
}

// Values of other types stay what they are, also if they look like numbers.
func TestOnlyNumbersOfNumericSlotsAreStrings(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	const values = `"text":"12","choice":"2","choices":["2","1"],"agreed":true,"day":"2026-01-02"`
	r := srv.call("PATCH", run+"/steps/first", `{"slots":{"count":"5","rate":0.50,`+values+`}}`, prefer, asStrings)
	require.Equal(t, 200, r.status, "%s", r.raw)
	require.JSONEq(t, `{"count":"5","rate":"0.50",`+values+`}`, rawMember(t, r.raw, "steps", 0, "slots"))
	plain := srv.call("GET", run, "")
	require.JSONEq(t, `{"count":5,"rate":0.50,`+values+`}`, rawMember(t, plain.raw, "steps", 0, "slots"))
	for _, member := range []string{"revision", "seq", "procedure_version", "progress", "metadata"} {
		require.Equal(t, rawMember(t, plain.raw, member), rawMember(t, r.raw, member), member)
	}
	for _, refused := range []string{`"text":12`, `"choice":1`, `"choices":[1]`, `"agreed":"true"`, `"agreed":1`} {
		r := srv.call("PATCH", run+"/steps/first", `{"slots":{`+refused+`}}`, prefer, asStrings)
		require.Equal(t, 422, r.status, refused)
	}
}

// TestWhatWasReadCanBeCommitted commits values that were read with the preference, and compares the run and the trail
// with those of a run that was given JSON numbers.
func TestWhatWasReadCanBeCommitted(t *testing.T) {
	srv := newTestServer(t)
	digits := rapid.StringMatching(`-?(0|[1-9][0-9]{0,19})`)
	decimals := rapid.StringMatching(`-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,25})?([eE][-+]?[0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		count, rate := digits.Draw(t, "count"), decimals.Draw(t, "rate")
		body := func(count, rate string) string {
			return fmt.Sprintf(`{"slots":{"count":%s,"rate":%s,"text":"007"}}`, count, rate)
		}
		one, two := srv.startNumeric(), srv.startNumeric()
		first := srv.call("POST", one+"/steps/first/commit", body(count, rate))
		require.Equal(t, 200, first.status, "%s", first.raw)
		read := srv.call("GET", one, "", prefer, asStrings)
		count, rate = rawSlot(t, read.raw, "count"), rawSlot(t, read.raw, "rate")
		require.Equal(t, `"`+rawSlot(t, first.raw, "count")+`"`, count)
		require.Equal(t, `"`+rawSlot(t, first.raw, "rate")+`"`, rate)
		second := srv.call("POST", two+"/steps/first/commit", body(count, rate), prefer, asStrings)
		require.Equal(t, 200, second.status, "%s", second.raw)
		require.Equal(t, rawMember(t, read.raw, "steps", 0, "slots"), rawMember(t, second.raw, "steps", 0, "slots"))
		require.Equal(t, srv.committedPayload(one), srv.committedPayload(two))
		again := srv.call("POST", one+"/steps/first/commit", body(count, rate), prefer, asStrings)
		require.Equal(t, first.body["seq"], again.body["seq"], "it changes nothing")
	})
}

// committedPayload returns the payload of the commit of a run, without what differs from request to request.
func (srv *testServer) committedPayload(run string) string {
	srv.t.Helper()
	for _, e := range srv.call("GET", run+"/events", "").body.objects("items") {
		if e.text("action") == "step.committed" {
			payload := e.object("payload")
			delete(payload, "request_id")
			data, err := json.Marshal(payload)
			require.NoError(srv.t, err)
			return string(data)
		}
	}
	srv.t.Fatal("the run has no commit")
	return ""
}

func TestAmendmentsAndRepeatedVisitsTakeStrings(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	const long = "12345678901234567890"
	send := func(method, path, body string) reply {
		r := srv.call(method, run+path, body, prefer, asStrings)
		require.Equal(t, 200, r.status, "%s: %s", path, r.raw)
		return r
	}
	send("POST", "/steps/first/commit", `{"slots":{"count":"1","secret":"5"}}`)
	r := send("POST", "/steps/first/amend", `{"slots":{"count":"`+long+`","secret":"`+long+`"},"reason":"r"}`)
	require.Equal(t, `"`+long+`"`, rawSlot(t, r.raw, "count"))
	require.Equal(t, "null", rawSlot(t, r.raw, "secret"))
	require.Equal(t, []any{"secret"}, r.body.objects("steps")[0]["sensitive"])
	same := send("POST", "/steps/first/amend", `{"slots":{"secret":"`+long+`"},"reason":"r"}`)
	require.Equal(t, r.body["revision"], same.body["revision"], "an equal value, which only its digest shows")
	r = send("POST", "/steps/last/commit", `{"slots":{"again":"1"}}`)
	require.EqualValues(t, 2, r.body.objects("steps")[0]["visit"], "%s", r.raw)
	r = send("PATCH", "/steps/first", `{"slots":{"count":"-`+long+`","rate":"-0.1"}}`)
	require.Equal(t, `"-0.1"`, rawSlot(t, r.raw, "rate"))
	r = srv.call("POST", run+"/steps/first/commit", `{"slots":{"count":"1","rate":"-0.1"}}`, prefer, asStrings)
	require.Equal(t, 200, r.status, "%s", r.raw)
	exceptions := srv.call("GET", run+"/exceptions", "", prefer, asStrings)
	require.Equal(t, asStrings, exceptions.header.Get("Preference-Applied"))
	require.Equal(t, 200, exceptions.status)
}

// A refusal is the same in both forms, and so is what the trail records of the input.
func TestARefusalRecordsTheSameInputInBothForms(t *testing.T) {
	srv := newTestServer(t)
	for name, literals := range map[string][2]string{
		"too large": {`1e25`, `"1e25"`}, "too precise": {`1e-200`, `"1e-200"`}, "no integer": {`1.5`, `"1.5"`},
		"more digits than any number has": {strings.Repeat("7", 5000), `"` + strings.Repeat("7", 5000) + `"`},
	} {
		var recorded []string
		for i, literal := range literals {
			run := srv.startNumeric()
			r := srv.call("POST", run+"/steps/first/commit", `{"slots":{"count":`+literal+`,"text":1,"secret":"x"}}`,
				prefer, []string{"", asStrings}[i])
			require.Equal(t, 422, r.status, name)
			events := srv.call("GET", run+"/events", "").body.objects("items")
			last := events[len(events)-1]
			require.Equal(t, "step.commit_refused", last.text("action"))
			payload := last.object("payload")
			delete(payload, "request_id")
			data, err := json.Marshal(payload)
			require.NoError(t, err)
			recorded = append(recorded, string(data))
		}
		require.Equal(t, recorded[0], recorded[1], name)
	}
}

// A header that says nothing of numbers, or nothing at all, changes nothing.
func TestStrangePreferHeadersAreIgnored(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	plain := srv.call("GET", run, "")
	for _, value := range []string{
		"", " ", ",", `x="%zz"`, "%", "a=b&c=d", "\"", "é", "\xff", strings.Repeat("x,", 10000), "numbers=string[]",
	} {
		req, err := http.NewRequest(http.MethodGet, srv.base+run, nil)
		require.NoError(t, err)
		req.Header[prefer] = []string{value}
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 200, res.StatusCode, "%q: %s", value, body)
		require.Equal(t, string(plain.raw), string(body))
		require.Empty(t, res.Header.Get("Preference-Applied"))
		require.Equal(t, plain.header.Get("ETag"), res.Header.Get("ETag"))
	}
}

const numericPath = "/procedures/numeric"

// The definition is read, edited and published by a client that sees strings only.
func TestBoundsAndDefaultsAreStringsBothWaysWithThePreference(t *testing.T) {
	srv := newTestServer(t)
	made := srv.call("POST", "/procedures", numericSlots)
	require.Equal(t, 201, made.status, "%s", made.raw)
	for _, path := range []string{numericPath, numericPath + "/versions/1"} {
		got := srv.call("GET", path, "", prefer, asStrings)
		slots := func(i int, member string) string {
			return rawMember(t, got.raw, "steps", 0, "slots", i, member)
		}
		require.Equal(t, `"-99999999999999999999"`, slots(0, "min"))
		require.Equal(t, `"99999999999999999999"`, slots(0, "max"))
		require.Equal(t, `"12"`, slots(0, "default"))
		require.Equal(t, `"-1000000000000000000000000000000"`, slots(1, "min"))
		require.Equal(t, "", slots(1, "max"))
		require.Equal(t, `"0.5"`, slots(1, "default"))
		require.Equal(t, `40`, slots(1, "decimals"))
		require.Equal(t, `"12"`, slots(3, "default"))
		require.Equal(t, `["2"]`, slots(5, "default"))
		require.Equal(t, `"2020-01-01"`, slots(7, "min"))
		plain := srv.call("GET", path, "")
		require.Equal(t, `12`, rawMember(t, plain.raw, "steps", 0, "slots", 0, "default"))
		for _, member := range []string{"metadata", "max_visits", "version", "digest"} {
			require.Equal(t, rawMember(t, plain.raw, member), rawMember(t, got.raw, member), member)
		}
		back := srv.call("PUT", numericPath, string(got.raw), "If-Match", got.header.Get("ETag"), prefer, asStrings)
		require.Equal(t, 200, back.status, "%s", back.raw)
		require.EqualValues(t, 1, back.body["version"], "nothing was edited")
		without := srv.call("PUT", numericPath, string(got.raw), "If-Match", "*")
		require.Equal(t, 422, without.status, "without the preference they are strings")
		require.Contains(t, without.codes(), "/steps/0/slots/0/min definition.bound")
	}
	got := srv.call("GET", numericPath, "", prefer, asStrings)
	edited := strings.Replace(string(got.raw), `"max":"99999999999999999999"`, `"max":"99999999999999999998"`, 1)
	for _, path := range []string{"/procedures/lint", numericPath} {
		method := map[bool]string{true: "PUT", false: "POST"}[path == numericPath]
		mixed := strings.Replace(edited, `"default":"12"`, `"default":12`, 1)
		r := srv.call(method, path, mixed, "If-Match", got.header.Get("ETag"), prefer, asStrings)
		require.Equal(t, 200, r.status, "%s: %s", path, r.raw)
		number := strings.Replace(numericSlots, `"max":99999999999999999999`, `"max":99999999999999999998`, 1)
		lint := srv.call("POST", "/procedures/lint", number)
		require.Equal(t, lint.body["digest"], r.body["digest"], "%s: %s", path, lint.raw)
	}
}

func TestOtherStringsForBoundsAndDefaultsAreFindings(t *testing.T) {
	srv := newTestServer(t)
	for _, text := range []string{"", " 1", "0x10", "+1", "one", "١٢", "1,0"} {
		for _, member := range []string{"min", "max", "default"} {
			doc := fmt.Sprintf(`{"id":"p","name":"P","steps":[{"key":"a","title":"A","slots":[
				{"name":"n","type":"integer","%s":%q}]}]}`, member, text)
			require.Equal(t, srv.call("POST", "/procedures/lint", doc).codes(),
				srv.call("POST", "/procedures/lint", doc, prefer, asStrings).codes(), "%s %q", member, text)
		}
	}
	for name, slots := range map[string]string{
		"no array": `{"min":"1"}`, "no objects": `["1",null,[{"type":"integer","min":"1"}]]`, "none": "null",
		"no type": `[{"name":"n","min":"1"}]`, "type of another kind": `[{"name":"n","type":["integer"],"min":"1"}]`,
		"dates": `[{"name":"n","type":"date","min":"20200101"}]`, "text": `[{"name":"n","type":"string","min":"1"}]`,
		"sensitive default": `[{"name":"n","type":"integer","sensitive":true,"default":"1"}]`,
		"a list":            `[{"name":"n","type":"integer","default":["1"]}]`,
	} {
		doc := `{"id":"p","name":"P","steps":[{"key":"a","title":"A","slots":` + slots + `}]}`
		without, with := srv.call("POST", "/procedures/lint", doc), srv.call("POST", "/procedures/lint", doc, prefer, asStrings)
		require.Equal(t, 200, with.status)
		if name == "sensitive default" {
			require.Contains(t, string(with.raw), "definition.sensitive_default")
			continue
		}
		require.Equal(t, codesOf(without), codesOf(with), name)
	}
}

// codesOf returns the codes of the issues of a report or problem.
func codesOf(r reply) (codes []string) {
	for _, issue := range r.body.objects("issues") {
		codes = append(codes, issue.text("field")+" "+issue.text("code"))
	}
	return codes
}

// The params of issues and problems are strings where they are numbers, at any depth, and the messages stay the same.
func TestNumericParamsAreStringsWithThePreference(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	broken := strings.NewReplacer(`"max_visits":7`, `"max_visits":0`, `"decimals":40`, `"decimals":999`).Replace(numericSlots)
	for name, r := range map[string]struct{ method, path, body string }{
		"precision":        {"PATCH", run + "/steps/first", `{"slots":{"count":1e200}}`},
		"length":           {"PATCH", run + "/steps/first", `{"slots":{"text":"` + strings.Repeat("x", 41) + `"}}`},
		"bound":            {"PATCH", run + "/steps/first", `{"slots":{"count":1e25}}`},
		"enum":             {"PATCH", run + "/steps/first", `{"slots":{"choice":"9"}}`},
		"state":            {"POST", run + "/steps/last/commit", `{}`},
		"visit":            {"POST", run + "/steps/first/commit", `{"visit":4}`},
		"findings":         {"POST", "/procedures", broken},
		"report":           {"POST", "/procedures/lint", broken},
		"exists":           {"POST", "/procedures", strings.Replace(numericSlots, "First", "1st", 1)},
		"malformed":        {"POST", "/procedures", `{"id":`},
		"parameter":        {"GET", "/runs?limit=100000", ""},
		"of events":        {"GET", run + "/events?limit=100000", ""},
		"past":             {"GET", run + "?at=99", ""},
		"header":           {"POST", "/runs", `{"procedure_id":"numeric","user_id":"` + strings.Repeat("x", 256) + `"}`},
		"contract":         {"POST", "/runs", `{"procedure_id":""}`},
		"no such resource": {"GET", "/nothing", ""},
	} {
		without := srv.call(r.method, r.path, r.body, "Accept-Language", "fr-CH")
		with := srv.call(r.method, r.path, r.body, "Accept-Language", "fr-CH", prefer, asStrings)
		require.Equal(t, without.status, with.status, name)
		require.Equal(t, asStrings, with.header.Get("Preference-Applied"), name)
		require.Empty(t, without.header.Get("Preference-Applied"), name)
		require.Equal(t, "Accept-Language, Prefer", with.header.Get("Vary"), name)
		want := without.body
		stringParams(map[string]any(want))
		require.Equal(t, want, with.body, name)
	}
	stale := srv.call("PUT", numericPath, numericSlots, "If-Match", `"9-x"`, prefer, asStrings)
	require.Equal(t, map[string]any{"version": "1"}, stale.body["params"])
	warning := srv.call("POST", "/procedures", numericSlots, prefer, asStrings).body.objects("warnings")[0]
	require.Equal(t, map[string]any{"version": "1"}, warning["params"])
}

// stringParams replaces the numbers in all members params of a document by strings.
func stringParams(value any) {
	var quote func(any) any
	quote = func(v any) any {
		switch v := v.(type) {
		case float64:
			return fmt.Sprint(int64(v))
		case []any:
			for i := range v {
				v[i] = quote(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = quote(v[name])
			}
		}
		return v
	}
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name == "params" {
				quote(member)
			} else {
				stringParams(member)
			}
		}
	case []any:
		for _, item := range value {
			stringParams(item)
		}
	}
}

func TestASimulationTakesAndShowsStringsWithThePreference(t *testing.T) {
	srv := newTestServer(t)
	srv.startNumeric()
	definition := srv.call("GET", numericPath, "", prefer, asStrings)
	answers := func(count, again string) string {
		return fmt.Sprintf(`"answers":[{"step":"first","slots":{"count":%s,"text":"1"}},{"step":"last","slots":{"again":%s}},
			{"step":"first","slots":{"count":%s}}]`, count, again, count)
	}
	for _, subject := range []string{`"procedure_id":"numeric"`, `"definition":` + string(definition.raw)} {
		shown := srv.call("POST", "/procedures/simulate", `{`+subject+`,`+answers(`"12"`, `"1"`)+`}`, prefer, asStrings)
		require.Equal(t, 200, shown.status, "%s", shown.raw)
		require.Equal(t, "completed", shown.body["outcome"], "%s", shown.raw)
		require.Equal(t, asStrings, shown.header.Get("Preference-Applied"))
		plain := srv.call("POST", "/procedures/simulate", `{"procedure_id":"numeric",`+answers("12", "1")+`}`)
		require.Equal(t, plain.body, shown.body, "values of decisions are strings in either form, as in the trail")
		require.Contains(t, string(plain.raw), `"last.again":"1"`)
		tooLarge := srv.call("POST", "/procedures/simulate", `{`+subject+`,`+answers(`"1e200"`, "1")+`}`, prefer, asStrings)
		issue := tooLarge.body.object("problem").objects("issues")[0]
		require.Equal(t, map[string]any{"max_digits": "60", "max_decimals": "160", "max_exponent": "100"}, issue["params"])
	}
	without := srv.call("POST", "/procedures/simulate", `{"procedure_id":"numeric",`+answers(`"12"`, "1")+`}`)
	require.Equal(t, "stopped", without.body["outcome"], "without the preference a string is no number")
}

// Events and bundles show what was hashed, whatever the client prefers.
func TestEventsAndBundlesIgnoreThePreference(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	commit := `{"slots":{"count":12345678901234567890,"rate":0.50}}`
	require.Equal(t, 200, srv.call("POST", run+"/steps/first/commit", commit, prefer, asStrings).status)
	for _, path := range []string{run + "/events", "/audit-events", run + "/bundle", "/openapi.json", "/livez"} {
		without, with := srv.call("GET", path, ""), srv.call("GET", path, "", prefer, asStrings)
		require.Equal(t, 200, with.status, path)
		require.Equal(t, string(without.raw), string(with.raw), path)
		require.Empty(t, with.header.Get("Preference-Applied"), path)
	}
}

// A representation has a strong ETag of its own: 304 only for a client that has this form. If-Match compares what was
// seen, in either form.
func TestTheFormOfNumbersIsPartOfETagsButNotOfPreconditions(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	require.Equal(t, 200, srv.call("PATCH", run+"/steps/first", `{"slots":{"count":5}}`).status)
	for _, path := range []string{run, run + "?at=1", numericPath, numericPath + "/versions/1"} {
		tags := map[string]string{}
		for _, form := range []string{"", asStrings} {
			got := srv.call("GET", path, "", prefer, form)
			tags[form] = got.header.Get("ETag")
			require.Equal(t, "Accept-Language, Prefer", got.header.Get("Vary"), path)
			require.Equal(t, form, got.header.Get("Preference-Applied"), path)
		}
		require.NotEqual(t, tags[""], tags[asStrings], path)
		for have, tag := range tags {
			for form := range tags {
				got := srv.call("GET", path, "", prefer, form, "If-None-Match", tag)
				want := map[bool]int{true: 304, false: 200}[have == form]
				require.Equal(t, want, got.status, "%s: %q with the tag of %q", path, form, have)
				require.Equal(t, form, got.header.Get("Preference-Applied"), path)
			}
		}
	}
	// The ETags of earlier releases have no mark.
	for _, mark := range []string{"", ".1", ".1s", ".99", ".99s"} {
		tag := strings.TrimSuffix(srv.call("GET", run, "").header.Get("ETag"), `.1"`) + mark + `"`
		require.Equal(t, 200, srv.call("PATCH", run+"/steps/first", `{"slots":{"count":6}}`, "If-Match", tag).status, tag)
		tag = strings.TrimSuffix(srv.call("GET", numericPath, "").header.Get("ETag"), `.1"`) + mark + `"`
		require.Equal(t, 200, srv.call("PUT", numericPath, numericSlots, "If-Match", tag).status, tag)
	}
	require.Equal(t, 412, srv.call("PUT", numericPath, numericSlots, "If-Match", `".1"`).status)
}

// A key belongs to the request with its form: a repeat in the other form is another request.
func TestTheFormOfNumbersIsPartOfReceipts(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	for _, first := range []string{"", asStrings} {
		other := map[string]string{"": asStrings, asStrings: ""}[first]
		for i, r := range []struct{ path, body string }{
			{"/runs", `{"procedure_id":"numeric"}`},
			{run + "/steps/first/commit", `{"slots":{"count":7}}`},
			{"/procedures", numericSlots},
			{numericPath + "/archive", ""}, {numericPath + "/unarchive", ""},
		} {
			key := fmt.Sprint(first, i)
			answer := srv.call("POST", r.path, r.body, "Idempotency-Key", key, prefer, first)
			require.Less(t, answer.status, 300, "%s", answer.raw)
			again := srv.call("POST", r.path, r.body, "Idempotency-Key", key, prefer, first)
			require.Equal(t, "true", again.header.Get("Idempotency-Replayed"), key)
			require.Equal(t, string(answer.raw), string(again.raw), key)
			require.Equal(t, answer.status, again.status, key)
			for _, name := range []string{"ETag", "Preference-Applied", "Location", "Vary"} {
				require.Equal(t, answer.header.Get(name), again.header.Get(name), "%s %s", key, name)
			}
			mismatch := srv.call("POST", r.path, r.body, "Idempotency-Key", key, prefer, other)
			require.Equal(t, "idempotency.mismatch", mismatch.body["code"], key)
			same := srv.call("POST", r.path, r.body, "Idempotency-Key", key, prefer, first, "Accept-Language", "fr")
			require.Equal(t, string(answer.raw), string(same.raw), key)
		}
	}
}

// A repeat shows numbers in the form of the first answer after later changes, too.
func TestARepeatShowsFormerNumbersInItsForm(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	commit := func() reply {
		return srv.call("POST", run+"/steps/first/commit", `{"slots":{"count":"12345678901234567890"}}`,
			"Idempotency-Key", "k", prefer, asStrings)
	}
	first := commit()
	require.Equal(t, 200, first.status, "%s", first.raw)
	amended := srv.call("POST", run+"/steps/first/amend", `{"slots":{"count":2},"reason":"r"}`)
	require.Equal(t, 200, amended.status, "%s", amended.raw)
	again := commit()
	require.Equal(t, string(first.raw), string(again.raw))
	require.Equal(t, `"12345678901234567890"`, rawSlot(t, again.raw, "count"))
}

func TestSeveralPreferHeadersAreOneList(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	for want, values := range map[string][]string{
		asStrings: {"respond-async, wait=10", `numbers="string"; x=y`, "numbers=integer"}, "": {"numbers=integer", asStrings},
	} {
		req, err := http.NewRequest(http.MethodGet, srv.base+run, nil)
		require.NoError(t, err)
		req.Header[prefer] = values
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 200, res.StatusCode)
		require.Equal(t, want, res.Header.Get("Preference-Applied"))
	}
}

// The form of a step shows bounds, defaults and values as strings, and a check takes them so.
func TestFormsAndChecksUseStringsWithThePreference(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startNumeric()
	const long = "12345678901234567890"
	require.Equal(t, 200, srv.call("PATCH", run+"/steps/first", `{"slots":{"count":`+long+`}}`).status)
	plain, form := srv.call("GET", run+"/steps/first", ""), srv.call("GET", run+"/steps/first", "", prefer, asStrings)
	require.Equal(t, asStrings, form.header.Get("Preference-Applied"))
	require.NotEqual(t, plain.header.Get("ETag"), form.header.Get("ETag"))
	for member, want := range map[string]string{
		"value": long, "min": "-99999999999999999999", "max": "99999999999999999999", "default": "12",
	} {
		require.Equal(t, want, rawMember(t, plain.raw, "slots", 0, member), member)
		require.Equal(t, `"`+want+`"`, rawMember(t, form.raw, "slots", 0, member), member)
	}
	require.Equal(t, `"12"`, rawMember(t, plain.raw, "slots", 3, "default"), "of a text")
	check := srv.call("POST", run+"/steps/first/check", `{"slots":{"count":"`+long+`"}}`, prefer, asStrings)
	require.Equal(t, true, check.body["committable"], "%s", check.raw)
	require.Equal(t, asStrings, check.header.Get("Preference-Applied"))
	check = srv.call("POST", run+"/steps/first/check", `{"slots":{"count":"1e200"}}`, prefer, asStrings)
	require.Equal(t, map[string]any{"max_digits": "60", "max_decimals": "160", "max_exponent": "100"},
		check.body.objects("issues")[0]["params"])
	check = srv.call("POST", run+"/steps/first/check", `{"slots":{"count":"`+long+`"}}`)
	require.Equal(t, false, check.body["committable"], "without the preference a string is no number")
}
