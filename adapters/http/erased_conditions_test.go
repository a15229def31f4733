package http_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const deputy = `{"id":"deputy","name":"Deputy","steps":[
 {"key":"a","title":"A","slots":[{"name":"nom","type":"string","required":false}]},
 {"key":"b","title":"B","slots":[{"name":"c","type":"string","required":false}],"rules":[
  {"key":"other","assert":"!has(a.nom) || !has(c) || c != a.nom","message":"Name somebody else."}]},
 {"key":"z","title":"Z"}]}`

// TestAConditionThatReadsAnErasedValueSaysSo: the problem, the form and the check give the reason and name the value,
// and a new value lets the run go on.
func TestAConditionThatReadsAnErasedValueSaysSo(t *testing.T) {
	srv := newTestServer(t)
	require.Equal(t, 201, srv.call("POST", "/procedures", deputy).status)
	path := "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"deputy"}`).body.text("id")
	require.Equal(t, 200, srv.call("POST", path+"/steps/a/commit", `{"slots":{"nom":"Zoe"}}`).status)
	require.Equal(t, 200, srv.call("POST", path+"/erasures", `{"places":[{"slot":"a.nom"}],"reason":"RGPD"}`).status)
	require.Equal(t, 200, srv.call("PATCH", path+"/steps/b", `{"slots":{"c":"Zoe"}}`).status)

	for language, reason := range map[string]string{
		"en": "it reads a.nom, which was erased", "fr": "elle lit a.nom, qui a été effacé",
	} {
		refused := srv.call("POST", path+"/steps/b/commit", `{}`, "Accept-Language", language)
		require.Equal(t, 422, refused.status)
		require.Equal(t, "condition.failed", refused.body.text("code"))
		require.Contains(t, refused.body.text("detail"), reason)
		require.Equal(t, "erased", refused.body.object("params").text("reason"))
		require.Equal(t, "a.nom", refused.body.object("params").text("name"))
		check := srv.call("POST", path+"/steps/b/check", `{}`, "Accept-Language", language).body.objects("issues")
		require.Len(t, check, 1)
		require.Contains(t, check[0].text("message"), reason)
	}
	form := srv.call("GET", path+"/steps/b", "").body.objects("rules")[0].object("assert")
	require.Equal(t, "erased", form.text("reason"))
	require.Nil(t, form["result"])

	amended := srv.call("POST", path+"/steps/a/amend", `{"slots":{"nom":"Ada"},"reason":"a new value"}`)
	require.Equal(t, 200, amended.status, "%s", amended.raw)
	require.Equal(t, 200, srv.call("POST", path+"/steps/b/commit", `{}`).status)
}
