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
	require.NotEqual(t, r.body["revision"], same.body["revision"], "an equal sensitive value is not told from another")
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
