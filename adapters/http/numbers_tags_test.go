package http_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
