package apidocs_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/apidocs"
)

// names are the paths of all files.
var names = []string{
	"/", "/init.js", "/page.css", "/swagger-ui-bundle.js", "/swagger-ui-bundle.js.LICENSE.txt", "/swagger-ui.css",
	"/LICENSE", "/NOTICE",
}

// get requests a path with the method and headers, which are pairs of a name and a value.
func get(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	h, err := apidocs.New()
	require.NoError(t, err)
	require.Equal(t, []string{"GET", "HEAD"}, h.Methods(path), path)
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, r *http.Response) []byte {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return data
}

func TestThePolicyOfEveryFileIsStrict(t *testing.T) {
	require.NotContains(t, apidocs.Policy, "unsafe")
	require.Regexp(t, `^default-src 'none'; `, apidocs.Policy)
	require.NotRegexp(t, `https?:|\*`, apidocs.Policy)
	for _, name := range names {
		r := get(t, "GET", name)
		require.Equal(t, apidocs.Policy, r.Header.Get("Content-Security-Policy"), name)
		require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"))
		require.Regexp(t, `^text/(html|css|javascript|plain); charset=utf-8$`, r.Header.Get("Content-Type"))
	}
}

// TestOurOwnFilesHaveNothingInlineAndNameNoOtherSite also holds for the style sheet of Swagger UI; its script contains
// addresses of specifications, which it does not load.
func TestOurOwnFilesHaveNothingInlineAndNameNoOtherSite(t *testing.T) {
	for _, name := range []string{"/", "/init.js", "/page.css"} {
		require.NotRegexp(t, `(?i)(https?:)?//[a-z0-9-]+\.|javascript:`, string(bodyOf(t, get(t, "GET", name))), name)
	}
	require.NotRegexp(t, `(?i)url\((?:"|')?(https?:)?//|@import`, string(bodyOf(t, get(t, "GET", "/swagger-ui.css"))))
	page := string(bodyOf(t, get(t, "GET", "/")))
	require.NotRegexp(t, `(?i)\son[a-z]+=|\sstyle=|<style|<script>`, page)
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"./][^"]*)"`).FindAllStringSubmatch(page, -1) {
		if m[1] != "data:," {
			require.Contains(t, names, "/"+m[1], "the page refers to a file that is not served")
		}
	}
}

func TestThePageIsInTheReadersLanguage(t *testing.T) {
	english, french := get(t, "GET", "/"), get(t, "GET", "/", "Accept-Language", "fr-CH, en;q=0.5")
	require.Equal(t, "en", english.Header.Get("Content-Language"))
	require.Equal(t, "fr", french.Header.Get("Content-Language"))
	require.NotEqual(t, english.Header.Get("ETag"), french.Header.Get("ETag"))
	one, other := string(bodyOf(t, english)), string(bodyOf(t, french))
	require.Contains(t, one, "API reference")
	require.Contains(t, other, "référence de l’API")
	for _, page := range []string{one, other} {
		require.NotContains(t, page, "page.docs.", "a text is missing")
	}
}

func TestClientsRevalidateAndMayTakeGzip(t *testing.T) {
	for _, name := range names {
		plain := get(t, "GET", name)
		body, tag := bodyOf(t, plain), plain.Header.Get("ETag")
		require.Equal(t, "no-cache", plain.Header.Get("Cache-Control"))
		require.Equal(t, "Accept-Encoding, Accept-Language", plain.Header.Get("Vary"))

		packed := get(t, "GET", name, "Accept-Encoding", "br, gzip")
		require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
		require.NotEqual(t, tag, packed.Header.Get("ETag"), "a strong tag names one encoding")
		reader, err := gzip.NewReader(packed.Body)
		require.NoError(t, err)
		unpacked, err := io.ReadAll(reader)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, unpacked), name)

		for _, encoding := range []string{"", "gzip"} {
			full := get(t, "GET", name, "Accept-Encoding", encoding)
			head := get(t, "HEAD", name, "Accept-Encoding", encoding)
			require.Empty(t, bodyOf(t, head))
			require.Equal(t, strconv.Itoa(len(bodyOf(t, full))), head.Header.Get("Content-Length"))
			for _, known := range []string{full.Header.Get("ETag"), "W/" + full.Header.Get("ETag"), `"x", ` + full.Header.Get("ETag"), "*"} {
				same := get(t, "GET", name, "Accept-Encoding", encoding, "If-None-Match", known)
				require.Equal(t, 304, same.StatusCode)
				require.Empty(t, bodyOf(t, same))
				require.Equal(t, full.Header.Get("ETag"), same.Header.Get("ETag"))
			}
		}
		require.Equal(t, 200, get(t, "GET", name, "If-None-Match", `"x"`).StatusCode)
	}
}

func TestGzipIsSentOnlyIfItIsAccepted(t *testing.T) {
	for header, accepted := range map[string]bool{
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, *": false, "*;q=0": false,
		"gzip": true, "GZIP;q=0.1": true, "*": true, "deflate, gzip;q=1.0, *;q=0.5": true,
	} {
		got := get(t, "GET", "/", "Accept-Encoding", header).Header.Get("Content-Encoding")
		require.Equal(t, accepted, got == "gzip", header)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	h, err := apidocs.New()
	require.NoError(t, err)
	for _, path := range []string{"", "/index.html", "/copy.sh", "/dist/LICENSE", "/../apidocs.go", "//", "/package.json"} {
		require.Empty(t, h.Methods(path), path)
	}
}

// TestLicenceIsServed checks that the licence and the notices of the copied files are passed on with them.
func TestLicenceIsServed(t *testing.T) {
	for path, word := range map[string]string{"/LICENSE": "Apache License", "/NOTICE": "swagger-ui"} {
		require.Contains(t, string(bodyOf(t, get(t, "GET", path))), word)
	}
	data, err := os.ReadFile("package.json")
	require.NoError(t, err)
	require.Regexp(t, `"swagger-ui-dist": "\d+\.\d+\.\d+"`, string(data), "an exact version")
}
