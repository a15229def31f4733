package http_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

const typedSteps = `{"id":"typed","name":"Typed","steps":[
 {"key":"first","title":"First","slots":[{"name":"name","type":"string"},
  {"name":"secret","type":"string","sensitive":true,"required":false}]},
 {"key":"second","title":"Second","when":"first.name != 'x' && run.metadata.?team.orValue('') != 'x'","skippable":true,
  "slots":[{"name":"note","type":"text","required":false}]},
 {"key":"third","title":"Third"}]}`

// typedTexts are the texts that startTyped enters, by a name for their place.
var typedTexts = map[string]string{
	"slot": "Ada Lovelace", "refused": "Ada L.", "reference": "FILE-77", "user_id": "user-88", "metadata": "team-99",
	"skip": "Ada was absent", "failure": "Ada gave up", "secret": "FR7630006",
}

// startTyped starts a run in which something has been typed in every place, and fails it.
func (srv *testServer) startTyped() (path string) {
	srv.t.Helper()
	saved := srv.call("POST", "/procedures", typedSteps)
	require.Contains(srv.t, []int{200, 201}, saved.status, "%s", saved.raw)
	texts := typedTexts
	started := srv.call("POST", "/runs", fmt.Sprintf(
		`{"procedure_id":"typed","reference":%q,"user_id":%q,"metadata":{"team":%q}}`,
		texts["reference"], texts["user_id"], texts["metadata"]))
	require.Equal(srv.t, 201, started.status, "%s", started.raw)
	path = "/runs/" + started.body.text("id")
	for _, c := range []struct {
		operation, body string
		status          int
	}{
		{"/steps/first/commit", fmt.Sprintf(`{"slots":{"name":[%q]}}`, texts["refused"]), 422},
		{"/steps/first/commit", fmt.Sprintf(`{"slots":{"name":%q,"secret":%q}}`, texts["slot"], texts["secret"]), 200},
		{"/steps/second/skip", fmt.Sprintf(`{"reason":%q}`, texts["skip"]), 200},
		{"/fail", fmt.Sprintf(`{"reason":%q}`, texts["failure"]), 200},
	} {
		r := srv.call("POST", path+c.operation, c.body)
		require.Equal(srv.t, c.status, r.status, "%s", r.raw)
	}
	return path
}

// seqOf returns the seq of the first event with the given action.
func (srv *testServer) seqOf(path, action string) int {
	srv.t.Helper()
	for _, e := range srv.call("GET", path+"/events", "").body.objects("items") {
		if e["action"] == action {
			return int(e["seq"].(float64))
		}
	}
	require.FailNow(srv.t, "no such event", action)
	return 0
}

// everything returns the bodies of all answers that show the run, as one text.
func (srv *testServer) everything(path string) string {
	var all strings.Builder
	seq := int(srv.call("GET", path, "").body["seq"].(float64))
	for at := range seq {
		all.Write(srv.call("GET", fmt.Sprintf("%s?at=%d", path, at+1), "").raw)
	}
	for _, p := range []string{path, path + "/events", path + "/bundle", path + "/exceptions", "/runs", "/audit-events"} {
		all.Write(srv.call("GET", p, "").raw)
	}
	return all.String()
}

func TestEachTypedTextIsErasedWithItsCopies(t *testing.T) {
	for _, c := range []struct {
		place  string // %d is the seq of the event with the action
		action string
		gone   []string // keys of typedTexts whose texts are no longer shown
		run    []any    // the member erased of the run
		step   int
		names  []any // the member erased of the step
		texts  []any // the texts that the exception names
		slots  []any // the slots that the exception names
	}{
		{
			place: `{"slot":"first.name"}`, gone: []string{"slot", "refused"}, names: []any{"name"}, slots: []any{"name"},
		},
		{
			place: `{"slot":"first.name","visit":1}`, gone: []string{"slot", "refused"}, names: []any{"name"},
			slots: []any{"name"},
		},
		{
			place: `{"seq":%d,"place":"/slots/name"}`, action: "step.committed", gone: []string{"slot", "refused"}, names: []any{"name"},
			slots: []any{"name"},
		},
		{place: `{"slot":"first.secret"}`, gone: []string{"secret"}, names: []any{"secret"}, slots: []any{"secret"}},
		{place: `{"seq":%d,"place":"/input"}`, action: "step.commit_refused", gone: []string{"refused"}},
		{
			place: `{"seq":%d,"place":"/reference"}`, action: "run.created", gone: []string{"reference"},
			run: []any{"reference"}, texts: []any{"reference"},
		},
		{
			place: `{"seq":%d,"place":"/user_id"}`, action: "run.created", gone: []string{"user_id"},
			run: []any{"user_id"}, texts: []any{"user_id"},
		},
		{
			place: `{"seq":%d,"place":"/metadata"}`, action: "run.created", gone: []string{"metadata"},
			run: []any{"metadata"}, texts: []any{"metadata"},
		},
		{
			place: `{"seq":%d,"place":"/reason"}`, action: "step.skipped", gone: []string{"skip"}, step: 1,
			names: []any{"reason"}, texts: []any{"skip_reason"},
		},
		{
			place: `{"seq":%d,"place":"/reason"}`, action: "run.failed", gone: []string{"failure"},
			run: []any{"failure_reason"}, texts: []any{"failure_reason"},
		},
	} {
		t.Run(c.action+" "+c.place, func(t *testing.T) {
			srv := newTestServer(t)
			path := srv.startTyped()
			place := c.place
			if c.action != "" {
				place = fmt.Sprintf(c.place, srv.seqOf(path, c.action))
			}
			before := srv.call("GET", path, "").body
			erased := srv.call("POST", path+"/erasures", `{"places":[`+place+`],"reason":"Asked for"}`)
			require.Equal(t, 200, erased.status, "%s", erased.raw)
			require.Equal(t, before["revision"], erased.body["revision"], "an erasure is no conflict for others")
			require.Equal(t, before["seq"].(float64)+1, erased.body["seq"])
			require.Nil(t, erased.body["warnings"])
			shown := srv.everything(path)
			for name, text := range typedTexts {
				isGone := name == "secret"
				for _, gone := range c.gone {
					isGone = isGone || name == gone
				}
				require.Equal(t, !isGone, strings.Contains(shown, text), "%s: %q", name, text)
			}
			srv.requireErased(erased.body, c.run, c.step, c.names)
			srv.requireErasureListed(path, c.texts, c.slots)
			srv.requireVerified(path)
			again := srv.call("POST", path+"/erasures", `{"places":[`+place+`],"reason":"Asked for"}`)
			require.Equal(t, 200, again.status, "%s", again.raw)
			require.Equal(t, erased.raw, again.raw, "what was erased before is left as it is")
		})
	}
}

// requireErased requires that a run names what was erased and shows null in its place.
func (srv *testServer) requireErased(run object, texts []any, step int, names []any) {
	srv.t.Helper()
	require.ElementsMatch(srv.t, texts, run["erased"])
	for _, name := range texts {
		if name == "failure_reason" {
			require.Nil(srv.t, run.object("failure")["reason"])
			continue
		}
		require.Contains(srv.t, run, name)
		require.Nil(srv.t, run[name.(string)])
	}
	listed := srv.call("GET", "/runs", "").body.objects("items")[0]
	for _, member := range []string{"erased", "user_id", "reference", "metadata", "failure"} {
		require.Equal(srv.t, run[member], listed[member], member)
	}
	s := run.objects("steps")[step]
	require.ElementsMatch(srv.t, names, s["erased"])
	for _, name := range names {
		require.NotContains(srv.t, s["sensitive"], name, "an erased slot is under erased only")
		if name == "reason" {
			require.Nil(srv.t, s["reason"])
			continue
		}
		require.Contains(srv.t, s["slots"], name)
		require.Nil(srv.t, s.object("slots")[name.(string)])
	}
}

func (srv *testServer) requireErasureListed(path string, texts, slots []any) {
	srv.t.Helper()
	items := srv.call("GET", path+"/exceptions", "").body.objects("items")
	x := items[len(items)-1]
	require.Equal(srv.t, "erasure", x["kind"])
	require.Equal(srv.t, "run.content_erased", x["action"])
	require.Equal(srv.t, "Asked for", x["reason"])
	require.ElementsMatch(srv.t, texts, x["texts"])
	require.ElementsMatch(srv.t, slots, x["slots"])
	for _, p := range x.objects("places") {
		require.Positive(srv.t, p["seq"])
		require.True(srv.t, strings.HasPrefix(p.text("place"), "/"))
	}
}

// requireVerified verifies the bundle of a run, and returns how many texts are withheld or erased.
func (srv *testServer) requireVerified(path string) verify.Counts {
	srv.t.Helper()
	b, err := verify.ReadBundle(srv.call("GET", path+"/bundle", "").raw, func(n int, do func(from, to int)) { do(0, n) })
	require.NoError(srv.t, err)
	return b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) {
		require.Fail(srv.t, "finding", i18n.Accept("en").Finding(f))
	})
}

func TestRefusedErasures(t *testing.T) {
	place := `{"slot":"first.name"}`
	for name, c := range map[string]struct {
		body, ifMatch string
		status        int
		issues        []string
		recorded      bool
		messages      map[string]string // of the first issue, by language
	}{
		"no such slot": {
			body: `{"places":[` + place + `,{"slot":"first.nothing"}],"reason":"r"}`, status: 422, recorded: true,
			issues: []string{"places.1 validation.nothing_to_erase"},
			messages: map[string]string{
				"en": "There is nothing to erase here.", "fr": "Il n’y a rien à effacer ici.",
			},
		},
		"no such step":  {`{"places":[{"slot":"x.name"}],"reason":"r"}`, "", 422, []string{"places.0 validation.nothing_to_erase"}, true, nil},
		"no such event": {`{"places":[{"seq":99,"place":"/reason"}],"reason":"r"}`, "", 422, []string{"places.0 validation.nothing_to_erase"}, true, nil},
		"no such place": {`{"places":[{"seq":1,"place":"/digest"}],"reason":"r"}`, "", 422, []string{"places.0 validation.nothing_to_erase"}, true, nil},
		"no value":      {`{"places":[{"slot":"second.note"}],"reason":"r"}`, "", 422, []string{"places.0 validation.nothing_to_erase"}, true, nil},
		"blank reason":  {`{"places":[` + place + `],"reason":" "}`, "", 422, []string{"reason validation.required"}, true, nil},
		"stale":         {`{"places":[` + place + `],"reason":"r"}`, `"1-1-en"`, 412, nil, true, nil},
		"a number beyond 64 bits": {
			`{"places":[{"seq":9223372036854775808,"place":"/reason"}],"reason":"r"}`, "", 400,
			[]string{"/places/seq request.type"}, false, nil,
		},
		"no reason": {`{"places":[` + place + `]}`, "", 422, []string{"reason validation.required"}, true, nil},
		"long reason": {
			`{"places":[` + place + `],"reason":"` + strings.Repeat("é", 4001) + `"}`, "", 400,
			[]string{"/reason request.max_length"}, false, nil,
		},
		"no places": {
			body: `{"places":[],"reason":"r"}`, status: 400, issues: []string{"/places request.min_items"},
			messages: map[string]string{"en": "At least 1 entry is required.", "fr": "1 élément au minimum."},
		},
		"many places": {
			body:   `{"places":[` + place + strings.Repeat(","+place, 100) + `],"reason":"r"}`,
			status: 400, issues: []string{"/places request.max_items"},
			messages: map[string]string{"en": "At most 100 entries are allowed.", "fr": "100 éléments au maximum."},
		},
		"a slot and an event": {
			body:   `{"places":[{"slot":"first.name","seq":1,"place":"/reason"},{"seq":1},{"visit":1}],"reason":"r"}`,
			status: 400,
			issues: []string{"/places/0 request.erase_place", "/places/1 request.erase_place", "/places/2 request.erase_place"},
			messages: map[string]string{
				"en": "This must name either a slot, with or without a visit, or an event (seq) and a place in its payload.",
				"fr": "Indiquez soit un champ, avec ou sans visite, soit un événement (seq) et un emplacement dans ses données.",
			},
		},
		"a slot without its step": {
			body: `{"places":[{"slot":"name"}],"reason":"r"}`, status: 400, issues: []string{"/places/0/slot request.value"},
			messages: map[string]string{
				"en": "This does not have the expected form. An example of the form: diagnosis.cause",
				"fr": "Cette valeur n’a pas la forme attendue. Exemple de cette forme\u00a0: diagnosis.cause",
			},
		},
		"unknown member": {`{"places":[{"slot":"a.b","all":true}],"reason":"r"}`, "", 400, []string{"/places/0/all request.unknown_member"}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newTestServer(t)
			path := srv.startTyped()
			before := srv.call("GET", path, "").body
			for _, language := range []string{"en", "fr"} {
				got := srv.call("POST", path+"/erasures", c.body, "If-Match", c.ifMatch, "Accept-Language", language)
				require.Equal(t, c.status, got.status, "%s", got.raw)
				require.Equal(t, c.issues, got.codes())
				if c.messages != nil {
					require.Equal(t, c.messages[language], got.body.objects("issues")[0]["message"])
				}
			}
			after := srv.call("GET", path, "").body
			require.Equal(t, before["revision"], after["revision"])
			require.Equal(t, c.recorded, before["seq"] != after["seq"], "recorded in the trail")
			if c.recorded {
				require.Positive(t, srv.seqOf(path, "run.action_refused"))
			}
		})
	}
	srv := newTestServer(t)
	require.Equal(t, 404, srv.call("POST", "/runs/none/erasures", `{"places":[`+place+`],"reason":"r"}`).status)
}

func TestARepeatedErasureIsAnsweredAgain(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startTyped()
	erase := func() reply {
		return srv.call("POST", path+"/erasures", `{"places":[{"slot":"first.name"}],"reason":"r"}`, "Idempotency-Key", "e")
	}
	first := erase()
	require.Equal(t, 200, first.status, "%s", first.raw)
	second := erase()
	require.Equal(t, "true", second.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.raw, second.raw)
}

// A repeat shows the run as it was, without what has been erased since: that is another answer, with another ETag.
func TestARepeatDoesNotShowWhatWasErased(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", typedSteps)
	start := func() reply {
		return srv.call("POST", "/runs", `{"procedure_id":"typed","reference":"FILE-77","user_id":"user-88"}`,
			"Idempotency-Key", "k")
	}
	first := start()
	path := "/runs/" + first.body.text("id")
	commit := func() reply {
		return srv.call("POST", path+"/steps/first/commit", `{"slots":{"name":"Ada"}}`, "Idempotency-Key", "k")
	}
	committed := commit()
	srv.call("POST", path+"/erasures", `{"places":[{"seq":1,"place":"/reference"},{"slot":"first.name"}],"reason":"r"}`)

	again := start()
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, 201, again.status)
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.NotEqual(t, first.header.Get("ETag"), again.header.Get("ETag"))
	require.Equal(t, []any{"reference"}, again.body["erased"])
	require.Equal(t, first.body["seq"], again.body["seq"])
	require.Equal(t, "user-88", again.body["user_id"])
	require.NotContains(t, string(again.raw), "FILE-77")

	again = commit()
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, committed.body["seq"], again.body["seq"])
	require.NotContains(t, string(again.raw), "Ada")
	require.Equal(t, []any{"name"}, again.body.objects("steps")[0]["erased"])
}

func TestTheETagOfAPastStateChangesWhenSomethingInItIsErased(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startTyped()
	past := path + "?at=1"
	before := srv.call("GET", past, "").header.Get("ETag")
	require.Equal(t, 304, srv.call("GET", past, "", "If-None-Match", before).status)
	srv.call("POST", path+"/erasures", `{"places":[{"slot":"first.name"}],"reason":"r"}`)
	require.Equal(t, 304, srv.call("GET", past, "", "If-None-Match", before).status, "it did not have the slot yet")
	srv.call("POST", path+"/erasures", `{"places":[{"seq":1,"place":"/reference"}],"reason":"r"}`)
	after := srv.call("GET", past, "", "If-None-Match", before)
	require.Equal(t, 200, after.status)
	require.NotEqual(t, before, after.header.Get("ETag"))
	require.Equal(t, []any{"reference"}, after.body["erased"])
}

// unreachableCache is an app.RecentRuns that holds no runs and fails in Forget.
type unreachableCache struct{}

func (unreachableCache) Recall(context.Context, string) (app.RunRecord, bool) {
	return app.RunRecord{}, false
}

func (unreachableCache) Forget(context.Context, string, int64) error {
	return errors.New("unreachable")
}

func TestAnErasureSaysThatACacheCouldNotBeReached(t *testing.T) {
	srv := newTestServerWith(t, func(p *app.Ports) { p.RecentRuns = unreachableCache{} })
	for language, want := range map[string]string{
		"en": "A shared cache could not be reached. It may hold an earlier state of the run, with what was erased, for up to " +
			"an hour.",
		"fr": "Un cache partagé est injoignable. Il peut conserver pendant une heure au plus un état antérieur de " +
			"l’exécution, données effacées comprises.",
	} {
		path := srv.startTyped()
		got := srv.call("POST", path+"/erasures", `{"places":[{"slot":"first.name"}],"reason":"r"}`,
			"Accept-Language", language, "Idempotency-Key", "e-"+language)
		require.Equal(t, 200, got.status, "%s", got.raw)
		require.Equal(t, []any{map[string]any{
			"field": "", "code": "erasure.cache", "params": map[string]any{}, "message": want,
		}}, got.body["warnings"])
		require.Nil(t, srv.call("GET", path, "").body["warnings"])
	}
}
