package http_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fields returns the members "field" of an array of objects.
func fieldsOf(all []object) (fields []string) {
	for _, o := range all {
		fields = append(fields, o.text("field"))
	}
	return fields
}

// named returns the object of an array whose member has a value.
func named(all []object, member, value string) object {
	for _, o := range all {
		if o.text(member) == value {
			return o
		}
	}
	return nil
}

const formed = `{"id":"formed","name":"F","language":"fr","steps":[
 {"key":"a","title":"Premier","prompt":"Faire","skippable":true,"translations":{"en":{"title":"First","prompt":"Do"}},
  "slots":[
   {"name":"level","type":"enum","options":["low",{"value":"high","label":"Haut"}],"label":"Niveau",
    "translations":{"en":{"label":"Level","options":{"high":"High"}}}},
   {"name":"amount","type":"number","min":0.10,"max":12345678901234567890,"decimals":2,"unit":"CHF","when":"level == 'high'",
    "label":"Montant","translations":{"en":{"label":"Amount"}}},
   {"name":"secret","type":"string","sensitive":true,"required":false},
   {"name":"note","type":"string","required":false,"required_when":"level == 'high'"}],
  "checklist_items":[{"key":"i","label":"Vu","required":true,"when":"level == 'high'","description":"Où"}],
  "rules":[{"key":"r","assert":"amount < 9.0","message":"Trop","fields":["amount"],"translations":{"en":{"message":"Too much"}}}]},
 {"key":"b","title":"Second","when":"has(a.level) && a.level == 'high'",
  "slots":[{"name":"on","type":"date","min":"today-P1D","max":"today"}]},
 {"key":"c","title":"Troisième"}]}`

func (srv *testServer) startFormed() (path string) {
	srv.t.Helper()
	require.Contains(srv.t, []int{200, 201}, srv.call("POST", "/procedures", formed).status)
	return "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"formed"}`).body.text("id")
}

func TestAStepIsShownAsAFormNeedsIt(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startFormed()
	form := srv.call("GET", path+"/steps/a", "", "Accept-Language", "en").body
	require.Equal(t, "First", form.text("title"))
	require.Equal(t, "Do", form.text("prompt"))
	require.Equal(t, true, form["current"])
	require.Equal(t, []any{"slots.level"}, form["missing"])
	require.Equal(t, []string{"slots.amount", "checklist.i"}, fieldsOf(form.objects("undecided")))
	require.Equal(t, []any{"a.level"}, form.objects("undecided")[0].object("when")["waits_for"])
	level := named(form.objects("slots"), "name", "level")
	require.Equal(t, []object{{"value": "low", "label": "low"}, {"value": "high", "label": "High"}}, level.objects("options"))
	note := named(form.objects("slots"), "name", "note")
	require.Equal(t, false, note["required"])
	require.Nil(t, note.object("required_when")["result"])

	draft := srv.call("PATCH", path+"/steps/a", `{"slots":{"level":"low","secret":"s3cret"},"origins":{"level":"agent"}}`)
	require.Equal(t, 200, draft.status)
	form = srv.call("GET", path+"/steps/a", "", "Accept-Language", "en").body
	require.Empty(t, form["missing"])
	require.Equal(t, []string{"slots.amount", "checklist.i"}, fieldsOf(form.objects("not_applicable")))
	amount := form.objects("not_applicable")[0]
	require.Equal(t, "Amount", amount.text("label"))
	require.Equal(t, object{
		"condition": "/steps/0/slots/1/when", "expression": "level == 'high'", "result": false, "reason": nil,
		"values": map[string]any{"a.level": "low"}, "waits_for": []any{},
	}, amount.object("when"))
	require.Equal(t, "agent", named(form.objects("slots"), "name", "level").text("origin"))
	secret := named(form.objects("slots"), "name", "secret")
	require.Equal(t, true, secret["given"])
	require.Nil(t, secret["value"])
	require.NotContains(t, fmt.Sprint(form), "s3cret")

	srv.call("PATCH", path+"/steps/a", `{"slots":{"level":"high","amount":7.50}}`)
	r := srv.call("GET", path+"/steps/a", "", "Accept-Language", "en")
	require.Contains(t, string(r.raw), `"value":7.50`, "numbers keep their digits")
	require.Contains(t, string(r.raw), `"max":12345678901234567890`)
	require.Equal(t, []any{"slots.note", "checklist.i"}, r.body["missing"])
	rule := r.body.objects("rules")[0]
	require.Equal(t, "Too much", rule.text("message"))
	require.Equal(t, true, rule.object("assert")["result"])
}

func TestEveryStepHasAForm(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startFormed()
	locked := srv.call("GET", path+"/steps/b", "").body
	require.Equal(t, "locked", locked.text("state"))
	require.Equal(t, false, locked["current"])
	require.Equal(t, []any{"a.level"}, locked.object("when")["waits_for"])
	today := time.Now().UTC().Format(time.DateOnly)
	on := locked.objects("slots")[0]
	require.Equal(t, "today", on.text("max"))
	require.Equal(t, today, on.text("max_now"))

	require.Equal(t, 200, srv.call("POST", path+"/steps/a/skip", `{"reason":"none"}`).status)
	passed := srv.call("GET", path+"/steps/b", "").body
	require.Equal(t, "not_applicable", passed.text("state"))
	require.Equal(t, false, passed.object("when")["result"])
	skipped := srv.call("GET", path+"/steps/a", "").body
	require.Equal(t, "none", skipped.text("reason"))

	require.Equal(t, 404, srv.call("GET", path+"/steps/x", "").status)
	require.Equal(t, 404, srv.call("GET", "/runs/none/steps/a", "").status)
	require.Equal(t, 200, srv.call("HEAD", path+"/steps/a", "").status)
	fail := srv.call("POST", path+"/fail", `{"reason":"enough"}`)
	require.Equal(t, 200, fail.status)
	require.Equal(t, false, srv.call("GET", path+"/steps/c", "").body["current"], "the run is final")
}

func TestTheETagOfAStepChangesWithTheRunTheLanguageAndRelativeBounds(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startFormed()
	get := func(step, language, tag string) reply {
		return srv.call("GET", path+"/steps/"+step, "", "Accept-Language", language, "If-None-Match", tag)
	}
	tags := map[string]bool{}
	for _, step := range []string{"a", "b"} {
		for _, language := range []string{"en", "fr"} {
			tag := get(step, language, "").header.Get("ETag")
			require.Equal(t, 304, get(step, language, tag).status)
			require.Equal(t, 304, get(step, language, "*").status)
			tags[tag] = true
		}
	}
	require.Len(t, tags, 4, "b has relative bounds")
	old := get("a", "fr", "").header.Get("ETag")
	srv.call("PATCH", path+"/steps/a", `{"slots":{"level":"low"}}`)
	fresh := get("a", "fr", old)
	require.Equal(t, 200, fresh.status)
	edit := srv.call("PATCH", path+"/steps/a", `{"slots":{"level":"high"}}`, "If-Match", fresh.header.Get("ETag"))
	require.Equal(t, 200, edit.status, "the tag serves for If-Match")
	require.True(t, strings.HasPrefix(fresh.header.Get("ETag"), `"2-`))
}
