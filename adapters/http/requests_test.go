package http_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

func TestBodiesThatAreNotStrictJSON(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	deep := strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)
	for name, c := range map[string]struct{ body, reason string }{
		"cut short":            {`{"slots":`, "syntax"},
		"not JSON":             {`slots: 1`, "syntax"},
		"trailing bytes":       {`{} {}`, "trailing_data"},
		"duplicate member":     {`{"slots":{},"slots":{}}`, "duplicate_member"},
		"duplicate in a map":   {`{"slots":{"code":"A","code":"B"}}`, "duplicate_member"},
		"NUL":                  {`{"slots":{"code":"A\u0000"}}`, "nul_character"},
		"raw NUL":              {"{\"slots\":{\"code\":\"A\x00\"}}", "syntax"},
		"lone surrogate":       {`{"slots":{"code":"\ud800"}}`, "encoding"},
		"invalid UTF-8":        {"{\"slots\":{\"code\":\"\xff\"}}", "encoding"},
		"byte order mark":      {"\xef\xbb\xbf{}", "syntax"},
		"too deep":             {`{"slots":{"code":` + deep + `}}`, "depth"},
		"only white space":     {"  ", "empty"},
		"too many values":      {`{"slots":[` + strings.Repeat("{},", 100_000) + `{}]}`, "values"},
		"single quotes":        {`{'slots':{}}`, "syntax"},
		"NaN":                  {`{"slots":{"count":NaN}}`, "syntax"},
		"leading zero":         {`{"slots":{"count":01}}`, "syntax"},
		"comment":              {`{/* */}`, "syntax"},
		"trailing comma":       {`{"slots":{},}`, "syntax"},
		"unquoted member name": {`{slots:{}}`, "syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{
				"/procedures", "/procedures/lint", "/runs", "/runs/" + run + "/steps/first/commit",
			} {
				r := srv.with(t).call("POST", path, c.body)
				require.Equal(t, 400, r.status, "%s: %s", path, r.raw)
				require.Equal(t, "request.malformed", r.body["code"])
				require.Equal(t, c.reason, r.body.object("params")["reason"])
			}
		})
	}
}

func TestBodiesThatViolateTheContract(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	commit := "/runs/" + run + "/steps/first/commit"
	for body, want := range map[string]string{
		`[]`:                          " request.type",
		`"x"`:                         " request.type",
		`null`:                        " request.type",
		`{"SLOTS":{}}`:                "/SLOTS request.unknown_member",
		`{"Slots":{},"slots":{}}`:     "/Slots request.unknown_member",
		`{"slots":[]}`:                "/slots request.type",
		`{"checklist":{}}`:            "/checklist request.type",
		`{"checklist":[{"key":"a"}]}`: "/checklist/0/completed request.required",
		`{"checklist":[{"key":"a","completed":"yes"}]}`:          "/checklist/0/completed request.type",
		`{"checklist":[{"key":"a","completed":true,"Key":"b"}]}`: "/checklist/0/Key request.unknown_member",
		`{"visit":0}`:                "/visit request.min",
		`{"visit":1.5}`:              "/visit request.type",
		`{"visit":99999999999999}`:   "/visit request.max",
		`{"origins":{"code":"god"}}`: "/origins/code request.enum",
	} {
		t.Run(body, func(t *testing.T) {
			r := srv.with(t).call("POST", commit, body)
			require.Equal(t, 400, r.status, "%s", r.raw)
			require.Contains(t, r.codes(), want)
		})
	}
	require.Equal(t, 400, srv.call("POST", "/runs/"+run+"/fail", `{"reason":"`+strings.Repeat("é", 4001)+`"}`).status)
	require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/fail", `{"reason":"`+strings.Repeat("é", 4000)+`"}`).status)
	for _, body := range []string{
		`{"procedure_id":"two-steps","user_id":"` + strings.Repeat("é", 128) + `"}`,
		`{"procedure_id":"two-steps","reference":"a\nb"}`, `{"procedure_id":"two-steps","procedure_version":0}`,
		`{"procedure_id":""}`, `{"procedure_id":"two-steps","metadata":[]}`,
	} {
		require.Equal(t, 400, srv.call("POST", "/runs", body).status, body)
	}
	require.Equal(t, []string{"/metadata/n validation.type"},
		srv.call("POST", "/runs", `{"procedure_id":"two-steps","metadata":{"n":12345678901234567890}}`).codes())
}

// TestHostileValuesAreAcceptedOrRefused checks that each slot accepts each value or refuses it with exactly one issue.
func TestHostileValuesAreAcceptedOrRefused(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", `{"id":"all","name":"All","steps":[{"key":"s","title":"S","slots":[
		{"name":"string","type":"string","required":false},{"name":"text","type":"text","required":false},
		{"name":"integer","type":"integer","required":false},{"name":"number","type":"number","required":false},
		{"name":"boolean","type":"boolean","required":false},{"name":"date","type":"date","required":false},
		{"name":"datetime","type":"datetime","required":false},{"name":"time","type":"time","required":false},
		{"name":"enum","type":"enum","options":["a"],"required":false},
		{"name":"multi_enum","type":"multi_enum","options":["a","b"],"required":false},
		{"name":"email","type":"email","required":false},{"name":"phone","type":"phone","required":false},
		{"name":"url","type":"url","required":false}]}]}`)
	run := srv.call("POST", "/runs", `{"procedure_id":"all"}`).body.text("id")
	values := []string{
		`null`, `""`, `" "`, `"a"`, `0`, `-0`, `1e3`, `1e400`, `-1e-400`, `1e99999999999`, `0.1`, `3.0`, `true`, `false`,
		`[]`, `[null]`, `["a","a"]`, `["b","a"]`, `{}`, `{"a":1}`, `"2026-02-29"`, `"2024-02-29"`, `"0000-01-01"`,
		`"9999-12-31T23:59:59-23:59"`, `"24:00:00"`, `"23:59:60"`, `"x@y"`, `"X <x@y.z>"`, `"a@b.c\nBcc: d@e.f"`,
		`"+33123456789"`, `"javascript:alert(1)"`, `"http://"`, `"https://[::1]/"`, `"http://\u0001"`, `"\u2028"`,
		`"line\nbreak"`, `"\ud83d\ude00"`, `"'; DROP TABLE runs; --"`, `"{{.}}"`, `"%s%n"`,
		`"` + strings.Repeat("x", 100000) + `"`, strings.Repeat("9", 60), strings.Repeat("9", 61),
		`"` + strings.Repeat("9", 400) + `"`, "[" + strings.Repeat(`"a",`, 5000) + `"b"]`,
	}
	for _, name := range []string{
		"string", "text", "integer", "number", "boolean", "date", "datetime", "time", "enum", "multi_enum", "email", "phone",
		"url",
	} {
		for _, v := range values {
			r := srv.call("PATCH", "/runs/"+run+"/steps/s", `{"slots":{"`+name+`":`+v+`}}`)
			switch r.status {
			case 200:
			case 422:
				require.Len(t, r.codes(), 1, "one slot, one issue")
				require.True(t, strings.HasPrefix(r.codes()[0], "slots."+name+" validation."), r.codes()[0])
				require.NotContains(t, r.body.objects("issues")[0]["message"], "<no value>")
			default:
				t.Fatalf("%s = %.60s: %d %s", name, v, r.status, r.raw)
			}
		}
	}
	require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/steps/s/commit", "{}").status)
	require.Empty(t, srv.log.String(), "the server logged no warning or error")
}

func TestOnlyBodiesInUTF8WithoutCompressionAreRead(t *testing.T) {
	srv := newTestServer(t)
	srv.startTwoSteps()
	for _, c := range []struct {
		header http.Header
		code   string
	}{
		{http.Header{"Content-Encoding": {"gzip"}}, "request.content_encoding"},
		{http.Header{"Content-Encoding": {"BR"}}, "request.content_encoding"},
		{http.Header{"Content-Encoding": {"identity, deflate"}}, "request.content_encoding"},
		{http.Header{"Content-Encoding": {"identity", "gzip"}}, "request.content_encoding"},
		{http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"text/plain"}}, "request.content_encoding"},
		{http.Header{"Content-Encoding": {"Identity"}}, ""},
		{http.Header{"Content-Encoding": {""}}, ""},
		{http.Header{"Content-Type": {"application/json; charset=utf-16"}}, "request.charset"},
		{http.Header{"Content-Type": {"application/json;charset=ISO-8859-1"}}, "request.charset"},
		{http.Header{"Content-Type": {"text/plain; charset=utf-16"}}, "request.media_type"},
		{http.Header{"Content-Type": {`Application/JSON; Charset="UTF-8"`}}, ""},
		{http.Header{"Content-Type": {"application/json; profile=x"}}, ""},
	} {
		for _, path := range []string{"/runs", "/procedures/simulate"} {
			r := srv.callWith("POST", path, `{"procedure_id":"two-steps"}`, c.header)
			if c.code == "" {
				require.Less(t, r.status, 300, "%v", c.header)
				continue
			}
			require.Equal(t, 415, r.status, "%v", c.header)
			require.Equal(t, c.code, r.body["code"], "%v", c.header)
			accepted := map[bool]string{true: "identity"}[c.code == "request.content_encoding"]
			require.Equal(t, accepted, r.header.Get("Accept-Encoding"), "%v", c.header)
		}
	}
}

func TestTheLinesOfAListHeaderAreOneList(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	send := func(method, path, body, header string, values ...string) reply {
		return srv.callWith(method, path, body, http.Header{"Accept-Language": {"en"}, header: values})
	}
	read := func(values ...string) int { return send("GET", "/runs/"+run, "", "If-None-Match", values...).status }
	require.Equal(t, 304, read(`"x"`, `"1-2-en.1"`))
	require.Equal(t, 200, read(`"x"`, `"y"`))
	draft := func(values ...string) reply {
		return send("PATCH", "/runs/"+run+"/steps/first", `{"slots":{"code":"ABC"}}`, "If-Match", values...)
	}
	require.Equal(t, "run.stale", draft(`"8-9-en"`, `"9-9-en"`).body["code"])
	require.Equal(t, 200, draft(`"9-9-en"`, `"1-2-en"`).status)
	twice := send("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "a", "b")
	require.Equal(t, []string{"header.Idempotency-Key request.duplicate_parameter"}, twice.codes())
	twice = send("GET", "/runs/"+run+"/events/stream", "", "Last-Event-Id", "1", "2")
	require.Equal(t, []string{"header.Last-Event-ID request.duplicate_parameter"}, twice.codes())
}

func TestATimeThatCannotBeRepresentedIsAnIssue(t *testing.T) {
	srv := newTestServer(t)
	for _, text := range []string{
		"2016-12-31T23:59:60Z", "2016-12-31T24:00:00Z", "2026-02-30T00:00:00Z", "2026-11-29T00:00:00%2B24:00",
		"2026-11-29T00:00:00-23:60",
	} {
		for path, field := range map[string]string{
			"/runs?created_after=": "created_after", "/runs?created_before=": "created_before",
			"/audit-events?since=": "since", "/audit-events?until=": "until",
		} {
			r := srv.call("GET", path+text, "")
			require.Equal(t, 400, r.status, path+text)
			require.Equal(t, []string{"query." + field + " request.format"}, r.codes(), path+text)
		}
	}
	require.Equal(t, 200, srv.call("GET", "/runs?created_after=2026-11-29T00:00:00%2B23:59", "").status)
}

func TestProtocolErrorsAreProblems(t *testing.T) {
	srv := newTestServer(t)
	for _, c := range []struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		{"DELETE", "/runs", "", nil, 405, "request.method_not_allowed"},
		{"POST", "/runs/x", "{}", nil, 405, "request.method_not_allowed"},
		{"GET", "/nothing", "", nil, 404, "request.not_found"},
		{"GET", "/runs/", "", nil, 404, "request.not_found"},
		{"GET", "/procedures/%00", "", nil, 404, "procedure.not_found"},
		{"GET", "/procedures/a%2Fb", "", nil, 404, "procedure.not_found"},
		{"GET", "/runs/" + strings.Repeat("x", 200), "", nil, 400, "request.invalid"},
		{"GET", "/runs?limit=201", "", nil, 400, "request.invalid"},
		{"GET", "/runs?limit=-1", "", nil, 400, "request.invalid"},
		{"GET", "/runs?limit=1&limit=2", "", nil, 400, "request.invalid"},
		{"GET", "/runs?nope=1", "", nil, 400, "request.invalid"},
		{"GET", "/runs?state=asleep", "", nil, 400, "request.invalid"},
		{"GET", "/runs?state=failed&state=asleep", "", nil, 400, "request.invalid"},
		{"GET", "/runs?state=failed,pending", "", nil, 400, "request.invalid"},
		{"GET", "/runs?state=failed&state=", "", nil, 400, "request.invalid"},
		{"GET", "/runs/x/steps/y/check", "", nil, 405, "request.method_not_allowed"},
		{"POST", "/runs/x/verification", "{}", nil, 405, "request.method_not_allowed"},
		{"PUT", "/runs/x/steps/y", "{}", nil, 405, "request.method_not_allowed"},
		{"DELETE", "/runs/x/events/stream", "", nil, 405, "request.method_not_allowed"},
		{"POST", "/procedures/x/versions/1/graph", "{}", nil, 405, "request.method_not_allowed"},
		{"GET", "/procedures/x/versions/0/graph", "", nil, 400, "request.invalid"},
		{"GET", "/runs?created_after=yesterday", "", nil, 400, "request.invalid"},
		{"GET", "/runs?user_id=%ff", "", nil, 400, "request.invalid"},
		{"GET", "/runs?user_id=a%00b", "", nil, 400, "request.invalid"},
		{"GET", "/runs?cursor=%21%21", "", nil, 400, "request.cursor"},
		{"GET", "/runs?cursor=cHJvY2VkdXJlczph", "", nil, 400, "request.cursor"},
		{"GET", "/runs?a=%zz", "", nil, 400, "request.invalid"},
		{"GET", "/runs", "", []string{"Accept", "text/html"}, 406, "request.not_acceptable"},
		{"GET", "/runs", "", []string{"Accept", "application/json;q=0"}, 406, "request.not_acceptable"},
		{"GET", "/runs", "", []string{"Accept", "application/json;q=0.00"}, 406, "request.not_acceptable"},
		{"GET", "/runs", "", []string{"Accept", "*/*, application/json;q=0.000"}, 406, "request.not_acceptable"},
		{"GET", "/runs", "", []string{"X-Actor", strings.Repeat("x", 256)}, 400, "request.invalid"},
		{"GET", "/runs", "", []string{"X-Actor", "\xff"}, 400, "request.invalid"},
		{"GET", "/runs", "", []string{"X-Actor", " "}, 400, "request.invalid"},
		{"GET", "/runs", "", []string{"X-Actor", "\u200b\u2800"}, 400, "request.invalid"},
		{"GET", "/runs", "", []string{"X-Request-Id", strings.Repeat("x", 256)}, 400, "request.invalid"},
		{"POST", "/runs", "{}", []string{"Content-Type", "text/plain"}, 415, "request.media_type"},
		{"POST", "/runs", "{}", []string{"Content-Type", ""}, 415, "request.media_type"},
		{"POST", "/runs", "", nil, 400, "request.malformed"},
		{"POST", "/runs", `{"procedure_id":"none"}`, nil, 404, "procedure.not_found"},
		{"POST", "/procedures", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, "request.too_large"},
	} {
		r := srv.call(c.method, c.path, c.body, c.headers...)
		require.Equal(t, c.status, r.status, "%s %.80s: %s", c.method, c.path, r.raw)
		require.Equal(t, c.code, r.body["code"], "%s %.80s", c.method, c.path)
		require.Equal(t, "application/problem+json", r.header.Get("Content-Type"))
		if c.status == 405 {
			require.NotEmpty(t, r.header.Get("Allow"))
		}
	}
}

func TestABlankActorIsAnIssue(t *testing.T) {
	r := newTestServer(t).call("GET", "/runs", "", "X-Actor", "\u200b")
	require.Equal(t, []string{"header.X-Actor request.blank"}, r.codes())
}

func TestABlankRequestIDIsReplaced(t *testing.T) {
	r := newTestServer(t).call("GET", "/runs", "", "X-Request-Id", "\u200b")
	require.Len(t, r.header.Get("X-Request-Id"), len(uuid.Nil.String()))
}

func TestARepeatedParameterIsAnIssue(t *testing.T) {
	r := newTestServer(t).call("GET", "/runs?user_id=a&user_id=b", "")
	require.Equal(t, []string{"query.user_id request.duplicate_parameter"}, r.codes())
}

func TestHEADHasTheHeadersOfGETWithoutABody(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	for _, path := range []string{
		"/procedures", "/procedures/two-steps", "/procedures/two-steps/versions", "/procedures/two-steps/versions/1",
		"/procedures/two-steps/versions/1/graph", "/runs", "/runs/" + run, "/runs/" + run + "/steps/first",
		"/runs/" + run + "/events", "/runs/" + run + "/verification", "/runs/" + run + "/bundle", "/audit-events", "/livez",
		"/readyz", "/openapi.yaml", "/openapi.json", "/openapi-3.0.json", "/schemas/json_schema_procedure_v2.json",
	} {
		get, head := srv.call("GET", path, ""), srv.call("HEAD", path, "")
		require.Equal(t, 200, head.status, path)
		require.Empty(t, head.raw, path)
		require.Equal(t, get.header.Get("Content-Length"), head.header.Get("Content-Length"), path)
	}
}

func TestTheJSONSchemasAreServed(t *testing.T) {
	srv := newTestServer(t)
	for _, version := range []string{"v0.1", "v1", "v2"} {
		r := srv.call("GET", "/schemas/json_schema_procedure_"+version+".json", "")
		require.Equal(t, 200, r.status)
		require.Equal(t, "application/schema+json", r.header.Get("Content-Type"))
		require.Equal(t, "/schemas/json_schema_procedure_"+version+".json", r.body["$id"])
	}
	for _, name := range []string{
		"json_schema_procedure_v3.json", "..%2Fdocs.go", "%2Fetc%2Fpasswd", "procedures%2Fdemo.json", "%2E%2E%2F",
	} {
		require.Equal(t, 404, srv.call("GET", "/schemas/"+name, "").status, name)
	}
}

func TestReadinessDependsOnTheDatabase(t *testing.T) {
	srv := newTestServer(t)
	require.Equal(t, 200, srv.call("GET", "/readyz", "").status)
	require.Contains(t, string(srv.call("GET", "/metrics", "").raw), "\nprocedo_ready 1\n")
	require.NoError(t, srv.db.Close())
	require.Contains(t, string(srv.call("GET", "/metrics", "").raw), "\nprocedo_ready 0\n", "without a probe")
	r := srv.call("GET", "/readyz", "")
	require.Equal(t, 503, r.status)
	require.NotEmpty(t, r.header.Get("Retry-After"))
	require.Equal(t, 200, srv.call("GET", "/livez", "").status)
	broken := srv.call("GET", "/runs", "")
	require.GreaterOrEqual(t, broken.status, 500)
	require.NotContains(t, string(broken.raw), "sql", "causes are only logged")
}

func TestReadinessWarnsOfAClockBehindTheNewestCheckpoint(t *testing.T) {
	srv := newTestServer(t)
	for _, behind := range []time.Duration{-time.Hour, 0, audit.ClockTolerance - 1} {
		srv.clockBehind.Store(int64(behind))
		require.NotContains(t, srv.call("GET", "/readyz", "").body, "warnings")
	}
	for language, text := range map[string]string{"en": "is 90 seconds behind", "fr": "retarde de 90 secondes"} {
		srv.clockBehind.Store(int64(90 * time.Second))
		r := srv.call("GET", "/readyz", "", "Accept-Language", language)
		require.Equal(t, 200, r.status, "the service works")
		warning := r.body.objects("warnings")[0]
		require.Equal(t, "service.clock_behind_checkpoint", warning["code"])
		require.Contains(t, warning["message"], text)
		require.NotContains(t, srv.call("GET", "/livez", "").body, "warnings")
	}
}

// FuzzBody checks that the response to any commit body is declared by the contract and is not a 5xx.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"slots":{"code":"ABC"},"checklist":[{"key":"seen","completed":true}],"origins":{"code":"agent"},"visit":1}`,
		`{"slots":{"count":1e400}}`, `{"slots":{"code":null,"secret":"x","\u0000":1}}`, `{"slots":{},"slots":{}}`,
		`{"Slots":{}}`, `[]`, ``, `{"visit":-1}`, `{"checklist":[{"key":"seen"}]}`, "{\"slots\":{\"code\":\"\xff\"}}",
	} {
		f.Add(seed)
	}
	srv := newTestServer(f)
	run := srv.startTwoSteps()
	f.Fuzz(func(t *testing.T, body string) {
		r := srv.with(t).call("POST", "/runs/"+run+"/steps/last/commit", body)
		if r.status >= 500 || r.status < 400 && body != "" {
			t.Fatalf("%d for %q: %s", r.status, body, r.raw)
		}
	})
}
