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

// reply is a response.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// get requests a path with the method and headers, which are pairs of a name and a value.
func get(t *testing.T, method, path string, headers ...string) reply {
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
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}

func TestThePolicyOfEveryFileIsStrict(t *testing.T) {
	require.NotContains(t, apidocs.Policy, "unsafe")
	require.Regexp(t, `^default-src 'none'; `, apidocs.Policy)
	require.NotRegexp(t, `https?:|\*`, apidocs.Policy)
	for _, name := range names {
		r := get(t, "GET", name)
		require.Equal(t, apidocs.Policy, r.header.Get("Content-Security-Policy"), name)
		require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", r.header.Get("Referrer-Policy"))
		require.Regexp(t, `^text/(html|css|javascript|plain); charset=utf-8$`, r.header.Get("Content-Type"))
	}
}

// TestOurOwnFilesHaveNothingInlineAndNameNoOtherSite also holds for the style sheet of Swagger UI; its script contains
// addresses of specifications, which it does not load.
func TestOurOwnFilesHaveNothingInlineAndNameNoOtherSite(t *testing.T) {
	for _, name := range []string{"/", "/init.js", "/page.css"} {
		require.NotRegexp(t, `(?i)(https?:)?//[a-z0-9-]+\.|javascript:`, string(get(t, "GET", name).body), name)
	}
	require.NotRegexp(t, `(?i)url\((?:"|')?(https?:)?//|@import`, string(get(t, "GET", "/swagger-ui.css").body))
	page := string(get(t, "GET", "/").body)
	require.NotRegexp(t, `(?i)\son[a-z]+=|\sstyle=|<style|<script>`, page)
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"./][^"]*)"`).FindAllStringSubmatch(page, -1) {
		if m[1] != "data:," {
			require.Contains(t, names, "/"+m[1], "the page refers to a file that is not served")
		}
	}
}

func TestThePageIsInTheReadersLanguage(t *testing.T) {
	english, french := get(t, "GET", "/"), get(t, "GET", "/", "Accept-Language", "fr-CH, en;q=0.5")
	require.Equal(t, "en", english.header.Get("Content-Language"))
	require.Equal(t, "fr", french.header.Get("Content-Language"))
	require.NotEqual(t, english.header.Get("ETag"), french.header.Get("ETag"))
	one, other := string(english.body), string(french.body)
	require.Contains(t, one, "API reference")
	require.Contains(t, other, "référence de l’API")
	for _, page := range []string{one, other} {
		require.NotContains(t, page, "page.docs.", "a text is missing")
	}
}

func TestClientsRevalidateAndMayTakeGzip(t *testing.T) {
	for _, name := range names {
		plain := get(t, "GET", name)
		body, tag := plain.body, plain.header.Get("ETag")
		require.Equal(t, "no-cache", plain.header.Get("Cache-Control"))
		require.Equal(t, "Accept-Encoding, Accept-Language", plain.header.Get("Vary"))

		packed := get(t, "GET", name, "Accept-Encoding", "br, gzip")
		require.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
		require.NotEqual(t, tag, packed.header.Get("ETag"), "a strong tag names one encoding")
		reader, err := gzip.NewReader(bytes.NewReader(packed.body))
		require.NoError(t, err)
		unpacked, err := io.ReadAll(reader)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, unpacked), name)

		for _, encoding := range []string{"", "gzip"} {
			full := get(t, "GET", name, "Accept-Encoding", encoding)
			head := get(t, "HEAD", name, "Accept-Encoding", encoding)
			require.Empty(t, head.body)
			require.Equal(t, strconv.Itoa(len(full.body)), head.header.Get("Content-Length"))
			for _, known := range []string{full.header.Get("ETag"), "W/" + full.header.Get("ETag"), `"x", ` + full.header.Get("ETag"), "*"} {
				same := get(t, "GET", name, "Accept-Encoding", encoding, "If-None-Match", known)
				require.Equal(t, 304, same.status)
				require.Empty(t, same.body)
				require.Equal(t, full.header.Get("ETag"), same.header.Get("ETag"))
			}
		}
		require.Equal(t, 200, get(t, "GET", name, "If-None-Match", `"x"`).status)
	}
}

func TestGzipIsSentOnlyIfItIsAccepted(t *testing.T) {
	for header, accepted := range map[string]bool{
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, *": false, "*;q=0": false,
		"gzip": true, "GZIP;q=0.1": true, "*": true, "deflate, gzip;q=1.0, *;q=0.5": true,
	} {
		got := get(t, "GET", "/", "Accept-Encoding", header).header.Get("Content-Encoding")
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
		require.Contains(t, string(get(t, "GET", path).body), word)
	}
	data, err := os.ReadFile("package.json")
	require.NoError(t, err)
	require.Regexp(t, `"swagger-ui-dist": "\d+\.\d+\.\d+"`, string(data), "an exact version")
}
