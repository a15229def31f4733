package http_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/headcheck"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

// answerServers are two servers on one database: the embedded one caches rendered answers, rendering renders each anew.
type answerServers struct {
	*testServer
	cached, rendering http.Handler
	runAnswers        httpadapter.AnswerCache
	registry          *prometheus.Registry
}

func newAnswerServers(t testing.TB, answerBytes int, options ...sqlite.Option) *answerServers {
	t.Helper()
	both := &answerServers{registry: prometheus.NewRegistry()}
	cache := func() *caching.Answers[httpadapter.Answers] {
		return caching.NewAnswers(memory.NewMergingCache(answerBytes, httpadapter.Answers.Size, httpadapter.Answers.With))
	}
	runs, procedures := cache(), cache()
	var plain app.Ports
	decorate := func(p *app.Ports) {
		plain = *p
		caches := caching.Caches{
			Runs:       memory.NewCache(1<<20, caching.SizeOfRun),
			Procedures: memory.NewCache(1<<20, caching.SizeOfProcedure), Pages: memory.NewCache(1<<20, caching.SizeOfPage),
			RunAnswers: runs, ProcedureAnswers: procedures,
		}
		heads, ok := p.RunList.(storage.HeadReader)
		require.True(t, ok)
		ofProcedures, ok := p.ProcedureList.(storage.HeadReader)
		require.True(t, ok)
		decorated, err := caching.Decorate(
			headcheck.Share(storage.Storage{App: *p, RunHeads: heads, ProcedureHeads: ofProcedures}), caches, both.registry)
		require.NoError(t, err)
		*p = decorated
	}
	both.testServer = newTestServerOf(t, limits{}, decorate, func(c *httpadapter.Config) {
		other := *c
		other.Service = app.New(plain)
		var err error
		both.rendering, err = httpadapter.New(other)
		require.NoError(t, err)
		c.RunAnswers, c.ProcedureAnswers = runs, procedures
		both.cached, err = httpadapter.New(*c)
		require.NoError(t, err)
	}, options...)
	both.runAnswers = runs
	return both
}

// answerOf returns status, header and body of a response. Headers are pairs of a name and a value; an empty value means
// that the request does not have the header.
func answerOf(h http.Handler, method, path, body string, headers ...string) (int, http.Header, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	w.Header().Del("X-Request-Id")
	return w.Code, w.Header(), w.Body.String()
}

// requireSame reads a path from both servers with the same headers, twice from the one with the cache, and returns the
// ETag.
func (s *answerServers) requireSame(t require.TestingT, method, path string, headers ...string) string {
	status, header, body := answerOf(s.rendering, method, path, "", headers...)
	for range 2 {
		gotStatus, gotHeader, gotBody := answerOf(s.cached, method, path, "", headers...)
		require.Equal(t, status, gotStatus, "%s %v", path, headers)
		require.Equal(t, header, gotHeader, "%s %v", path, headers)
		require.Equal(t, body, gotBody, "%s %v", path, headers)
	}
	return header.Get("ETag")
}

const answerSteps = `{"id":"answers","name":"Réponses","language":"fr","description":%q,
 "translations":{"en":{"name":"Answers"},"de":{"name":"Antworten"}},"steps":[
 {"key":"first","title":"Première","translations":{"en":{"title":"First"}},"skippable":true,
  "slots":[{"name":"code","type":"string","validate":"[A-Z]{3}"},{"name":"count","type":"number","required":false},
           {"name":"limit","type":"integer","required":false,"default":9007199254740993},
           {"name":"secret","type":"string","sensitive":true,"required":false}],
  "checklist_items":[{"key":"seen","label":"Vu","translations":{"en":{"label":"Seen"}}}]},
 {"key":"last","title":"Dernière","when":"first.?code.orValue('') != 'XXX'",
  "slots":[{"name":"note","type":"text","required":false}]}]}`

// answerCommands are requests that change a run or are refused.
var answerCommands = []struct{ method, path, body string }{
	{"PATCH", "/steps/first", `{"slots":{"code":"ABC","count":1.50}}`},
	{"PATCH", "/steps/first", `{"slots":{"secret":"tell nobody","code":null}}`},
	{"PATCH", "/steps/first", `{"slots":{"code":"<&>é"}}`},
	{"POST", "/steps/first/commit", `{"slots":{"code":"ABC","secret":"tell nobody"},
		"checklist":[{"key":"seen","completed":true}]}`},
	{"POST", "/steps/first/commit", `{"slots":{"code":"XXX"}}`},
	{"POST", "/steps/first/skip", `{"reason":"No time"}`},
	{"POST", "/steps/first/amend", `{"slots":{"code":"DEF"},"reason":"It was wrong"}`},
	{"POST", "/steps/last/commit", `{"slots":{"note":"Déjà \"vu\" \u2028"}}`},
	{"POST", "/erasures", `{"places":[{"slot":"first.code"}],"reason":"Asked for"}`},
	{"POST", "/erasures", `{"places":[{"slot":"first.secret"}],"reason":"Asked for"}`},
	{"POST", "/fail", `{"reason":"Branch closed"}`},
}

var (
	answerLanguages  = []string{"", "en", "fr", "de", "fr-CA, en;q=0.5", "es", "*", "de-AT, fr;q=0.1"}
	answerConditions = []string{"", "*", `"other"`}
	answerForms      = []string{"", asStrings, `wait=1, NUMBERS="string";x`}
)

func TestCachedAnswersAreTheRenderedOnes(t *testing.T) {
	large := newAnswerServers(t, 1<<20)
	// The second has room for few languages, the third for nothing.
	servers := []*answerServers{large, newAnswerServers(t, 6000), newAnswerServers(t, 10)}
	rapid.Check(t, func(t *rapid.T) { rapid.SampledFrom(servers).Draw(t, "servers").checkSequence(t) })
	require.Greater(t, large.reads(t, "run_answer", "hit"), 100.0)
	require.Greater(t, large.reads(t, "run_answer", "stale"), 5.0)
	require.Greater(t, large.reads(t, "procedure_answer", "hit"), 100.0)
}

// checkSequence executes random commands on both servers, and compares their answers after each.
func (s *answerServers) checkSequence(t *rapid.T) {
	servers := []http.Handler{s.cached, s.rendering}
	language := func() string { return rapid.SampledFrom(answerLanguages).Draw(t, "language") }
	usualForm := rapid.SampledFrom(answerForms).Draw(t, "usual form")
	form := func() string { // mostly the usual one, so that answers are read again
		if rapid.IntRange(0, 7).Draw(t, "other form") > 0 {
			return usualForm
		}
		return rapid.SampledFrom(answerForms).Draw(t, "form")
	}
	publish := func() {
		document := fmt.Sprintf(answerSteps, rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "description"))
		_, header, _ := answerOf(s.cached, "GET", "/procedures/answers", "")
		if tag := header.Get("ETag"); tag != "" {
			answerOf(s.rendering, "PUT", "/procedures/answers", document, "If-Match", tag)
			return
		}
		answerOf(s.rendering, "POST", "/procedures", document)
	}
	publish()
	status, header, body := answerOf(s.cached, "POST", "/runs", `{"procedure_id":"answers","user_id":"u"}`)
	require.Equal(t, http.StatusCreated, status, "%s", body)
	run := header.Get("Location")
	for range rapid.IntRange(1, 6).Draw(t, "commands") {
		c := rapid.SampledFrom(answerCommands).Draw(t, "command")
		server := rapid.SampledFrom(servers).Draw(t, "server")
		answerOf(server, c.method, run+c.path, c.body)
		for range 3 {
			path := rapid.SampledFrom([]string{run, run + "?at=1", "/procedures/answers"}).Draw(t, "path")
			method := rapid.SampledFrom([]string{"GET", "GET", "HEAD"}).Draw(t, "method")
			wanted := language()
			tag := s.requireSame(t, method, path, "Accept-Language", wanted, prefer, form())
			condition := rapid.SampledFrom(append(answerConditions, tag, "W/"+tag)).Draw(t, "condition")
			s.requireSame(t, method, path, "Accept-Language", language(), prefer, form(), "If-None-Match", condition)
		}
		if rapid.IntRange(0, 3).Draw(t, "change") == 0 {
			publish()
		}
	}
	for _, action := range []string{"/archive", "/unarchive"} {
		answerOf(s.rendering, "POST", "/procedures/answers"+action, "")
		s.requireSame(t, "GET", "/procedures/answers", prefer, form())
		s.requireSame(t, "GET", "/procedures/answers/versions/1", prefer, form())
	}
}

// reads returns the counter of the reads of a cache with an outcome.
func (s *answerServers) reads(t testing.TB, resource, outcome string) float64 {
	t.Helper()
	families, err := s.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == "procedo_cache_reads_total" &&
				m.GetLabel()[0].GetValue() == outcome && m.GetLabel()[1].GetValue() == resource {
				return m.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("there is no series for %s and %s", resource, outcome)
	return 0
}

func TestAHotReadIsOneLookupByPrimaryKey(t *testing.T) {
	var statements []string
	s := newAnswerServers(t, 1<<20, sqlite.WithTrace(func(text string) { statements = append(statements, text) }))
	run := "/runs/" + s.startTwoSteps()
	for _, path := range []string{run, "/procedures/two-steps"} {
		for i, language := range []string{"fr", "en", "fr", "en"} {
			form := []string{"", asStrings}[i/2]
			s.call("GET", path, "", "Accept-Language", language, prefer, form)
			for _, condition := range []string{"", "*"} {
				statements = nil
				s.call("GET", path, "", "Accept-Language", language, prefer, form, "If-None-Match", condition)
				require.Len(t, statements, 1)
				require.Contains(t, statements[0], "head_hash")
			}
		}
	}
	for range 3 { // each by another process
		status, _, _ := answerOf(s.rendering, "PATCH", run+"/steps/first", `{"slots":{"count":1}}`)
		require.Equal(t, 200, status)
	}
	require.Equal(t, 200, s.call("PATCH", run+"/steps/first", `{"slots":{"count":2}}`).status)
	statements = nil
	got := s.call("GET", run, "", "Accept-Language", "en")
	require.EqualValues(t, 2, got.body.objects("steps")[0].object("slots")["count"])
	require.Len(t, statements, 1, "an answer that is out of date is rendered from the cached run")
}

func TestAnErasureRemovesRenderedAnswers(t *testing.T) {
	s := newAnswerServers(t, 1<<20)
	run := "/runs/" + s.startTwoSteps()
	require.Equal(t, 200, s.call("PATCH", run+"/steps/first", `{"slots":{"code":"XYZ"}}`).status)
	for _, language := range answerLanguages {
		require.Contains(t, string(s.call("GET", run, "", "Accept-Language", language).raw), "XYZ")
	}
	id := strings.TrimPrefix(run, "/runs/")
	before, found := s.runAnswers.Get(id)
	require.True(t, found)
	seq := int(s.call("GET", run, "").body["seq"].(float64))
	require.Equal(t, 200, s.call("POST", run+"/erasures", `{"places":[{"slot":"first.code"}],"reason":"r"}`).status)
	_, found = s.runAnswers.Get(id)
	require.False(t, found, "the answers are removed before anybody reads the run again")
	s.runAnswers.Put(id, int64(seq), before)
	_, found = s.runAnswers.Get(id)
	require.False(t, found, "a slow reader does not bring them back")
	require.NotContains(t, string(s.call("GET", run, "").raw), "XYZ")
	require.Equal(t, 200, s.call("GET", run, "").status)
}
