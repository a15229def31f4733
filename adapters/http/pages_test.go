package http_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/docs"
)

func init() {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.RegisteredBodyDecoder("text/plain"))
}

// browserAccept is the Accept header of a browser that opens a page.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

// codesInMessages returns the codes of all problems that have messages.
func codesInMessages(t *testing.T) (codes []string) {
	t.Helper()
	data, err := os.ReadFile("../i18n/messages/active.en.json")
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(data, &all))
	for id := range all {
		if rest, ok := strings.CutPrefix(id, "problem."); ok && strings.HasSuffix(rest, ".title") {
			codes = append(codes, strings.TrimSuffix(rest, ".title"))
		}
	}
	slices.Sort(codes)
	return codes
}

// TestEveryProblemHasAPageInBothLanguages holds together with a test of i18n: every code in the source has messages.
func TestEveryProblemHasAPageInBothLanguages(t *testing.T) {
	srv, seen := newTestServer(t), map[string]string{}
	codes := codesInMessages(t)
	require.Greater(t, len(codes), 40)
	for _, language := range []string{"en", "fr"} {
		list := srv.call("GET", "/problems/", "", "Accept-Language", language)
		require.Equal(t, 200, list.status)
		var listed []string
		for _, item := range list.body.objects("items") {
			listed = append(listed, item.text("code"))
		}
		require.Equal(t, codes, listed)
		for _, code := range codes {
			typ := "/problems/" + strings.NewReplacer(".", "-", "_", "-").Replace(code)
			asJSON := srv.call("GET", typ, "", "Accept-Language", language)
			require.Equal(t, 200, asJSON.status, typ)
			require.Equal(t, "application/json", asJSON.header.Get("Content-Type"))
			require.Equal(t, language, asJSON.header.Get("Content-Language"))
			require.Equal(t, code, asJSON.body["code"])
			require.Equal(t, typ, asJSON.body["type"])
			title, description := asJSON.body.text("title"), asJSON.body.text("description")
			for _, text := range []string{title, description} {
				require.NotContains(t, text, code, "the text is missing")
			}
			require.NotEqual(t, seen[code], description, "the text is not translated")
			seen[code] = description

			page := srv.call("GET", typ, "", "Accept-Language", language, "Accept", browserAccept)
			require.Equal(t, 200, page.status, typ)
			require.Equal(t, "text/html; charset=utf-8", page.header.Get("Content-Type"))
			require.Contains(t, textOf(page), title)
			require.Contains(t, textOf(page), strings.ReplaceAll(description, "`", ""))
			require.Contains(t, string(page.raw), `<html lang="`+language+`">`)
			require.Equal(t, asJSON.raw, srv.call("GET", "/problems/"+code, "", "Accept-Language", language).raw, "by its code")
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// textOf returns the text of a page.
func textOf(r reply) string { return html.UnescapeString(tags.ReplaceAllString(string(r.raw), "")) }

// TestProblemsHaveTheStatusOfTheirPage compares the statuses with those that the source gives to the codes.
func TestProblemsHaveTheStatusOfTheirPage(t *testing.T) {
	kinds := map[string]float64{
		"Malformed": 400, "NotFound": 404, "Conflict": 409, "Stale": 412, "Invalid": 422, "PreconditionNeeded": 428,
		"Limited": 429, "Internal": 500, "Unavailable": 503,
	}
	statuses := map[string]float64{}
	for _, item := range newTestServer(t).call("GET", "/problems/", "").body.objects("items") {
		statuses[item.text("code")] = item["status"].(float64)
	}
	found, text := map[string]bool{}, goSources(t, "../../core", "../../adapters")
	for _, m := range regexp.MustCompile(`fault\.New\(\s*fault\.(\w+), "([a-z_.]+)"`).FindAllStringSubmatch(text, -1) {
		require.Equal(t, kinds[m[1]], statuses[m[2]], m[2])
		found[m[2]] = true
	}
	for _, m := range regexp.MustCompile(`\bconflict\("([a-z_.]+)"`).FindAllStringSubmatch(text, -1) {
		require.EqualValues(t, 409, statuses[m[1]], m[1])
		found[m[1]] = true
	}
	byName := map[string]float64{}
	for status := 400; status < 600; status++ {
		byName[strings.NewReplacer(" ", "", "-", "").Replace(http.StatusText(status))] = float64(status)
	}
	byName["RequestURITooLong"] = 414
	for _, m := range regexp.MustCompile(`http\.Status(\w+), "([a-z_.]+)"`).FindAllStringSubmatch(text, -1) {
		require.Equal(t, byName[m[1]], statuses[m[2]], m[2])
		found[m[2]] = true
	}
	require.Greater(t, len(found), 30, "%v", slices.Sorted(maps.Keys(found)))
}

// goSources returns the text of all Go files below the folders, except test files.
func goSources(t *testing.T, dirs ...string) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range dirs {
		require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				var data []byte
				data, err = os.ReadFile(path)
				all.Write(data)
			}
			return err
		}))
	}
	return all.String()
}

func TestEveryIssueIsListedWithItsMessageInBothLanguages(t *testing.T) {
	srv := newTestServer(t)
	for _, language := range []string{"en", "fr"} {
		messages := map[string]string{}
		for _, issue := range srv.call("GET", "/problems/", "", "Accept-Language", language).body.objects("issues") {
			messages[issue.text("code")] = issue.text("message")
		}
		require.Len(t, messages, len(i18n.Accept("en").Issues()))
		page := srv.call("GET", "/problems/", "", "Accept-Language", language, "Accept", browserAccept)
		for code, message := range messages {
			require.NotEmpty(t, message, code)
			require.NotContains(t, message, "{{", code)
			require.NotContains(t, message, "<no value>", code)
			require.Contains(t, string(page.raw), `id="`+code+`"`)
			require.Contains(t, textOf(page), message)
		}
		for _, code := range []string{"validation.required", "definition.unreachable", "request.type"} {
			require.Contains(t, messages, code)
		}
		require.Regexp(t, `\{min\}.*\{max\}`, messages["definition.range"])
		require.NotContains(t, messages["validation.phone"], "{phone}", "an example, not a parameter")
	}
}

// TestPagesRunNoScriptsAndLoadNothing checks the policy of all pages and that they keep to it.
func TestPagesRunNoScriptsAndLoadNothing(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{"/", "/problems/", "/problems/step-out-of-order", "/schemas/"} {
		r := srv.call("GET", path, "", "Accept", browserAccept)
		require.Equal(t, 200, r.status, path)
		policy := r.header.Get("Content-Security-Policy")
		require.Regexp(t, `^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; img-src data:; form-action 'none'; `+
			`base-uri 'none'; frame-ancestors 'none'$`, policy)
		require.NotRegexp(t, `(?i)<script|\son[a-z]+=|\sstyle=|https?://|src=`, string(r.raw), path)
		require.Equal(t, "Accept, Accept-Language", r.header.Get("Vary"))
	}
}

// TestThePolicyOfAPageAllowsItsOwnStyleSheet compares the digest in the policy with the style sheet as it is sent.
func TestThePolicyOfAPageAllowsItsOwnStyleSheet(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{"/", "/problems/", "/problems/step-out-of-order", "/schemas/"} {
		r := srv.call("GET", path, "", "Accept", browserAccept)
		style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(string(r.raw))
		require.Len(t, style, 2, path)
		require.Contains(t, style[1], "sans-serif")
		sum := sha256.Sum256([]byte(style[1]))
		require.Contains(t, r.header.Get("Content-Security-Policy"),
			"style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", path)
	}
}

func TestTextsInPagesAreEscaped(t *testing.T) {
	const text = `</p><script src="//evil.example">'&amp;`
	schema, err := json.Marshal(map[string]string{"title": text})
	require.NoError(t, err)
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Version = text
		c.Schemas = fstest.MapFS{`x"onclick=".json`: &fstest.MapFile{Data: schema}}
	})
	for _, path := range []string{"/", "/schemas/"} {
		r := srv.call("GET", path, "", "Accept", browserAccept)
		require.Equal(t, 200, r.status)
		require.Contains(t, textOf(r), text, path)
		require.NotContains(t, string(r.raw), "<script", path)
		require.NotContains(t, string(r.raw), `x"onclick=`, path)
	}
}

func TestPagesAndSchemasAreRevalidated(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{
		"/problems/", "/problems/run-not-found", "/schemas/", "/schemas/json_schema_procedure_v2.json",
	} {
		for _, accept := range []string{browserAccept, "*/*"} {
			r := srv.call("GET", path, "", "Accept", accept)
			tag := r.header.Get("ETag")
			require.NotEmpty(t, tag, path)
			same := srv.call("GET", path, "", "Accept", accept, "If-None-Match", `"other", W/`+tag)
			require.Equal(t, 304, same.status, path)
			require.Empty(t, same.raw)
			require.Equal(t, tag, same.header.Get("ETag"))
			require.Equal(t, 200, srv.call("GET", path, "", "Accept", accept, "If-None-Match", `"other"`).status)
			head := srv.call("HEAD", path, "", "Accept", accept)
			require.Equal(t, 200, head.status)
			require.Equal(t, r.header.Get("Content-Length"), head.header.Get("Content-Length"))
		}
	}
}

func TestAPageIsSentToWhoeverPrefersIt(t *testing.T) {
	srv := newTestServer(t)
	for accept, media := range map[string]string{
		browserAccept: "text/html; charset=utf-8", "text/html": "text/html; charset=utf-8",
		"text/*;q=0.9, application/json;q=0.5": "text/html; charset=utf-8",
		"*/*":                                  "application/json", "": "application/json",
		"application/json, text/html;q=0.9": "application/json",
		"application/json":                  "application/json", "text/html;q=0, */*": "application/json",
	} {
		r := srv.call("GET", "/problems/values-invalid", "", "Accept", accept)
		require.Equal(t, media, r.header.Get("Content-Type"), accept)
	}
	require.Equal(t, 406, srv.call("GET", "/problems/values-invalid", "", "Accept", "image/png").status)
}

func TestUnknownProblemsAreNotFound(t *testing.T) {
	srv := newTestServer(t)
	for _, name := range []string{"nothing", "values-invalid-x", "values", "..%2Fruns", "validation.required", "values%20invalid"} {
		for _, accept := range []string{"*/*", browserAccept} {
			r := srv.call("GET", "/problems/"+name, "", "Accept", accept)
			require.Equal(t, 404, r.status, name)
			require.Equal(t, "request.not_found", r.body["code"])
		}
	}
	require.Equal(t, 404, srv.call("GET", "/problems/values-invalid/more", "").status)
	require.Equal(t, 405, srv.call("POST", "/problems/values-invalid", "{}").status)
}

func TestAllSchemasAreListed(t *testing.T) {
	srv := newTestServer(t)
	files, err := fs.Glob(docs.Schemas, "*.json")
	require.NoError(t, err)
	items := srv.call("GET", "/schemas/", "").body.objects("items")
	require.Len(t, items, len(files))
	require.Equal(t, "json_schema_procedure_v2.json", items[0].text("name"), "the newest first")
	for _, item := range items {
		schema := srv.call("GET", item.text("url"), "")
		require.Equal(t, 200, schema.status)
		require.Equal(t, item.text("url"), schema.body["$id"])
		require.Equal(t, item.text("title"), schema.body["title"])
	}
}

// schemaNames matches the names of schemas in texts.
var schemaNames = regexp.MustCompile(`json_schema_\w+(?:\.\d+)*\.json`)

func TestEverySchemaThatATextNamesIsServed(t *testing.T) {
	srv, named := newTestServer(t), map[string]bool{}
	files, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, file := range append(files, "../../README.md", "../../README.fr.md", "../../openapi.yaml") {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range schemaNames.FindAllString(string(data), -1) {
			named[name] = true
		}
	}
	require.NotEmpty(t, named)
	for name := range named {
		require.Equal(t, 200, srv.call("GET", "/schemas/"+name, "").status, name)
	}
}
