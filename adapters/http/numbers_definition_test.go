package http_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
		require.Equal(t, findingsOf(without), findingsOf(with), name)
	}
}

// findingsOf returns the fields and codes of the issues of a report or problem.
func findingsOf(r reply) (codes []string) {
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
