package http_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const onboarding = `{"id":"onboarding","name":"Onboarding","language":"en","time_zone":"Europe/Zurich","steps":[
 {"key":"who","title":"Who","slots":[
  {"name":"kind","type":"enum","required":false,
   "options":["other",{"value":"p","label":"Private person"},{"value":"c","label":"Company"}],
   "translations":{"fr":{"options":{"c":"Société"}}}},
  {"name":"assets","type":"multi_enum","options":[{"value":"s","label":"Shares"},"cash"],"required":false},
  {"name":"born","type":"date","max":"today-P18Y","required":false},
  {"name":"seen","type":"datetime","min":"now-PT4H","max":"now","required":false},
  {"name":"amount","type":"number","decimals":2,"unit":"CHF","min":0,"required":false}]}]}`

// startOnboarding stores the procedure onboarding, starts a run of it and returns the path of its step.
func (srv *testServer) startOnboarding() (path string) {
	srv.t.Helper()
	made := srv.call("POST", "/procedures", onboarding)
	require.Equal(srv.t, 201, made.status, string(made.raw))
	r := srv.call("POST", "/runs", `{"procedure_id":"onboarding"}`)
	require.Equal(srv.t, 201, r.status)
	return "/runs/" + r.body.text("id") + "/steps/who"
}

func TestDefinitionsKeepLabelsUnitsDecimalsAndTheTimeZone(t *testing.T) {
	srv := newTestServer(t)
	require.Equal(t, 201, srv.call("POST", "/procedures", onboarding).status)
	read := srv.call("GET", "/procedures/onboarding", "")
	require.Contains(t, string(read.raw),
		`"options":["other",{"value":"p","label":"Private person"},{"value":"c","label":"Company"}]`)
	require.Contains(t, string(read.raw), `"decimals":2,"unit":"CHF"`)
	require.Equal(t, "Europe/Zurich", read.body["time_zone"])
	again := srv.call("PUT", "/procedures/onboarding", string(read.raw), "If-Match", "*")
	require.EqualValues(t, 1, again.body["version"], "the document that is returned is the same definition")
}

func TestMessagesShowTheLabelsOfOptionsInTheReadersLanguage(t *testing.T) {
	srv := newTestServer(t)
	step := srv.startOnboarding()
	for language, want := range map[string]string{
		"en": "This must be one of: other, Private person, Company.",
		"fr": "other, Private person, Société",
	} {
		for _, request := range [][2]string{{"PATCH", step}, {"POST", step + "/commit"}} {
			r := srv.call(request[0], request[1], `{"slots":{"kind":"x"}}`, "Accept-Language", language)
			require.Equal(t, []string{"slots.kind validation.enum"}, r.codes())
			issue := r.body.objects("issues")[0]
			require.Contains(t, issue["message"], want)
			require.Equal(t, map[string]any{"allowed": []any{"other", "p", "c"}}, issue["params"], "params hold the values")
		}
	}
	r := srv.call("PATCH", step, `{"slots":{"kind":"Company"}}`)
	require.Equal(t, 422, r.status, "a label is not a value")
	r = srv.call("PATCH", step, `{"slots":{"assets":["s","Shares"]}}`)
	require.Equal(t, "This must be one of: Shares, cash.", r.body.objects("issues")[0]["message"])
	r = srv.call("POST", "/procedures/simulate",
		`{"definition":`+onboarding+`,"answers":[{"step":"who","slots":{"kind":"x"}}]}`)
	require.Contains(t, string(r.raw), "This must be one of: other, Private person, Company.")
	require.Equal(t, "p", srv.call("PATCH", step, `{"slots":{"kind":"p"}}`).step("who")["slots"].(map[string]any)["kind"])
}

func TestRelativeBoundsAreFormattedForTheReadersLanguage(t *testing.T) {
	srv := newTestServer(t)
	step := srv.startOnboarding()
	zurich, err := time.LoadLocation("Europe/Zurich")
	require.NoError(t, err)
	now := time.Now().In(zurich)
	limit := time.Date(now.Year()-18, now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if limit.Day() != now.Day() { // today is 29 February, so that the limit must be 28 February
		limit = limit.AddDate(0, 0, -limit.Day())
	}
	young := `{"slots":{"born":"` + limit.AddDate(0, 0, 1).Format(time.DateOnly) + `"}}`
	for language, want := range map[string]string{
		"en": "This must be no later than " + limit.Format("2 January 2006") + ".",
		"fr": "Au plus tard le " + limit.Format("02/01/2006") + ".",
	} {
		r := srv.call("PATCH", step, young, "Accept-Language", language)
		require.Equal(t, []string{"slots.born validation.max"}, r.codes())
		require.Equal(t, want, r.body.objects("issues")[0]["message"])
		require.Equal(t, map[string]any{"max": limit.Format(time.DateOnly)}, r.body.objects("issues")[0]["params"])
	}
	require.Equal(t, 200, srv.call("PATCH", step, `{"slots":{"born":"`+limit.Format(time.DateOnly)+`"}}`).status)
	future := now.Add(time.Hour).Format(time.RFC3339)
	r := srv.call("PATCH", step, `{"slots":{"seen":"`+future+`"}}`)
	require.Equal(t, []string{"slots.seen validation.max"}, r.codes())
	require.Regexp(t, `^This must be no later than \d+ \w+ \d{4}, \d\d:\d\d(:\d\d(\.\d+)?)? \(UTC\+0[12]:00\)\.$`,
		r.body.objects("issues")[0]["message"])
}

func TestTrailingZerosCountAsDecimals(t *testing.T) {
	srv := newTestServer(t)
	step := srv.startOnboarding()
	for language, want := range map[string]string{
		"en": "At most 2 digits are allowed after the decimal point.",
		"fr": "2 chiffres après la virgule au maximum.",
	} {
		r := srv.call("PATCH", step, `{"slots":{"amount":12.500}}`, "Accept-Language", language)
		require.Equal(t, []string{"slots.amount validation.decimals"}, r.codes())
		require.Equal(t, want, r.body.objects("issues")[0]["message"])
	}
	require.Contains(t, string(srv.call("PATCH", step, `{"slots":{"amount":12.50}}`).raw), `"amount":12.50`)
}

func TestBadMembersOfSlotsAreFindingsNotErrors(t *testing.T) {
	srv := newTestServer(t)
	for from, to := range map[string]string{
		`"value":"p","label":"Private person"`: `"label":"Private person"`,
		`"decimals":2`:                         `"decimals":"2"`,
		`"unit":"CHF"`:                         `"unit":["CHF"]`,
		`"Europe/Zurich"`:                      `"Europe/Nowhere"`,
		`"today-P18Y"`:                         `"today-18Y"`,
		`"now-PT4H"`:                           `"today"`,
	} {
		doc := strings.Replace(onboarding, from, to, 1)
		require.Equal(t, 422, srv.call("POST", "/procedures", doc).status, to)
		lint := srv.call("POST", "/procedures/lint", doc, "Accept-Language", "fr")
		require.Len(t, lint.body.objects("issues"), 1, to)
		simulated := srv.call("POST", "/procedures/simulate", `{"definition":`+doc+`,"answers":[]}`)
		require.Contains(t, []int{400, 422}, simulated.status, to)
	}
}
