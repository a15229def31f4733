package http_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The length of a list is the number of choices, and the message says so.
func TestTooFewOrTooManyChoicesAreSaidToBeChoices(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", `{"id":"choices","name":"Choices","steps":[{"key":"s","title":"S","slots":[
		{"name":"list","type":"multi_enum","options":["a","b","c","d"],"min_length":2,"max_length":3,"required":false},
		{"name":"text","type":"string","min_length":2,"required":false}]}]}`)
	run := "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"choices"}`).body.text("id")
	for _, c := range []struct{ slots, language, message string }{
		{`{"list":["a"]}`, "en", "Too few choices (1): choose at least 2."},
		{`{"list":["a","b","c","d"]}`, "en", "Too many choices (4): choose at most 3."},
		{`{"list":["a"]}`, "fr", "Trop peu de choix (1)\u00a0: choisissez-en au moins 2."},
		{`{"list":["a","b","c","d"]}`, "fr", "Trop de choix (4)\u00a0: choisissez-en au plus 3."},
		{`{"text":"x"}`, "en", "Too short: the length is 1, the minimum is 2."},
	} {
		refused := srv.call("PATCH", run+"/steps/s", `{"slots":`+c.slots+`}`, "Accept-Language", c.language)
		require.Equal(t, 422, refused.status)
		require.Equal(t, c.message, refused.body.objects("issues")[0]["message"])
		checked := srv.call("POST", run+"/steps/s/check", `{"slots":`+c.slots+`}`, "Accept-Language", c.language)
		require.Equal(t, c.message, checked.body.objects("issues")[0]["message"])
	}
}
