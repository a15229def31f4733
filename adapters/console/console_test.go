package console_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/console"
)

// maxEntry is how many compressed bytes a browser loads before it shows the first page.
const maxEntry = 60 << 10

// get requests a path that must exist. The headers are pairs of a name and a value.
func get(t *testing.T, h *console.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	require.Equal(t, []string{"GET", "HEAD"}, h.Methods(path), path)
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, console.Policy, w.Header().Get("Content-Security-Policy"), path)
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	require.Equal(t, "same-origin", w.Header().Get("Cross-Origin-Opener-Policy"))
	return w
}

// newHandler returns the handler.
func newHandler(t *testing.T) *console.Handler {
	t.Helper()
	h, err := console.New()
	require.NoError(t, err)
	return h
}

// references matches what a page loads.
var references = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

// loaded returns the paths of the files that the page at a path loads.
func loaded(t *testing.T, h *console.Handler, path string) (paths []string) {
	t.Helper()
	for _, m := range references.FindAllStringSubmatch(get(t, h, "GET", path).Body.String(), -1) {
		require.True(t, strings.HasPrefix(m[1], "./"), "%s is not relative: a proxy may add a prefix", m[1])
		paths = append(paths, filepath.Join(filepath.Dir(path), m[1]))
	}
	require.NotEmpty(t, paths)
	return paths
}

func TestThePolicyIsStrict(t *testing.T) {
	require.NotContains(t, console.Policy, "unsafe")
	require.NotRegexp(t, `https?:|data:|\*`, console.Policy)
	require.Regexp(t, `^default-src 'none'; `, console.Policy)
	require.Contains(t, console.Policy, "require-trusted-types-for 'script'")
	page := get(t, newHandler(t), "GET", "/").Body.String()
	require.NotRegexp(t, `(?i)\son[a-z]+=|\sstyle=|<style|<script>`, page)
}

// TestEveryPageLoadsTheSameFiles also shows that the addresses in the page are right at any depth.
func TestEveryPageLoadsTheSameFiles(t *testing.T) {
	h := newHandler(t)
	files := loaded(t, h, "/")
	for _, path := range []string{
		"/runs/x", "/runs/x/report", "/procedures", "/procedures/x", "/procedures/x/edit", "/new", "/settings",
	} {
		require.Equal(t, files, loaded(t, h, path), path)
	}
	for _, path := range files {
		w := get(t, h, "GET", path)
		require.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"), path)
		require.Regexp(t, `^/-/[0-9a-f]{16}/[a-z]+\.(js|css|svg)$`, path)
		require.Equal(t, http.StatusNotModified, get(t, h, "GET", path, "If-None-Match", w.Header().Get("ETag")).Code)
	}
	page := get(t, h, "GET", "/")
	require.Equal(t, "no-cache", page.Header().Get("Cache-Control"), "the page must name the files of this version")
	require.Empty(t, get(t, h, "HEAD", "/").Body.String())
	require.Equal(t, http.StatusNotModified, get(t, h, "GET", "/", "If-None-Match", page.Header().Get("ETag")).Code)
}

func TestThePageIsInTheReadersLanguage(t *testing.T) {
	h := newHandler(t)
	for language, word := range map[string]string{"en": "needs JavaScript", "fr": "besoin de JavaScript"} {
		w := get(t, h, "GET", "/", "Accept-Language", language)
		require.Equal(t, language, w.Header().Get("Content-Language"))
		require.Contains(t, w.Body.String(), `<html lang="`+language+`">`)
		require.Contains(t, w.Body.String(), word)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	h := newHandler(t)
	known := loaded(t, h, "/")[0]
	for _, path := range []string{
		"", "//", "/index.html", "/runs", "/runs/", "/runs/a/b", "/runs/a/report/", "/procedures/", "/procedures/x/y", "/procedures/x/edit/y", "/new/x",
		"/x", "/-/", "/-/x", "/-/0000000000000000/app.js", "/app.js", "/console.go", "/../console.go", known + "/", strings.ToUpper(known),
	} {
		require.Empty(t, h.Methods(path), path)
	}
}

// TestTheServerKnowsThePagesOfTheRouter compares the pages of the server with those that the script itself names.
func TestTheServerKnowsThePagesOfTheRouter(t *testing.T) {
	h := newHandler(t)
	script, err := os.ReadFile("src/App.svelte")
	require.NoError(t, err)
	paths := regexp.MustCompile(`\{ path: "([^"]*)"`).FindAllStringSubmatch(string(script), -1)
	require.NotEmpty(t, paths)
	for _, m := range paths {
		require.NotEmpty(t, h.Methods("/"+m[1]), m[1])
	}
}

func TestTheEntryIsSmall(t *testing.T) {
	h, total := newHandler(t), 0
	for _, path := range loaded(t, h, "/") {
		w := get(t, h, "GET", path, "Accept-Encoding", "gzip")
		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
		total += w.Body.Len()
		r, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		unpacked, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(get(t, h, "GET", path).Body.Bytes(), unpacked), path)
	}
	require.LessOrEqual(t, total, maxEntry)
}

// TestTheEditorIsSmall holds the files that only authors load, beside the entry.
func TestTheEditorIsSmall(t *testing.T) {
	h := newHandler(t)
	dir := path.Dir(loaded(t, h, "/")[0])
	for name, limit := range map[string]int{"Editor.js": 150 << 10, "yaml.js": 32 << 10, "Procedure.js": 25 << 10} {
		w := get(t, h, "GET", dir+"/"+name, "Accept-Encoding", "gzip")
		require.Equal(t, http.StatusOK, w.Code, name)
		require.LessOrEqual(t, w.Body.Len(), limit, name)
	}
}

// otherSites matches addresses of other sites, except the names of XML namespaces, which nothing loads.
var otherSites = regexp.MustCompile(`https?://[A-Za-z0-9.-]+`)

// TestTheBuiltFilesNameNoOtherSite allows the addresses of Svelte's explanations of errors, which are only printed.
func TestTheBuiltFilesNameNoOtherSite(t *testing.T) {
	for _, name := range files(t, "dist") {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, site := range otherSites.FindAllString(string(data), -1) {
			require.Contains(t, []string{"http://www.w3.org", "https://svelte.dev"}, site, name)
		}
	}
}

// TestOnlyTheClientReachesTheService keeps the console to the contract: no request goes around the generated types.
func TestOnlyTheClientReachesTheService(t *testing.T) {
	for _, name := range files(t, "src") {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		if !strings.HasPrefix(name, filepath.Join("src", "api")) {
			require.NotRegexp(t, `\bfetch\(|XMLHttpRequest|EventSource|WebSocket|sendBeacon`, string(data), name)
		}
		require.NotRegexp(t, `\{@html|innerHTML|eval\(`, string(data), name)
	}
}

// TestTheConsoleTakesETagsOfTheClientOnly: etagOf takes off the W/ of a proxy, with which If-Match never matches.
func TestTheConsoleTakesETagsOfTheClientOnly(t *testing.T) {
	for _, name := range files(t, "src") {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NotRegexp(t, `(?i)headers\.get\(.etag`, string(data), name)
	}
}

// files returns the paths of all files in a folder.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	require.NotEmpty(t, names)
	return names
}
