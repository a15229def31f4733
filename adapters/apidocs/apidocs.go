// Package apidocs serves the API reference: Swagger UI on the contract of the same server. Nothing is loaded from
// elsewhere.
//
// The files in dist are copied from the npm package swagger-ui-dist by copy.sh; make verify compares them.
package apidocs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/procedo/procedo/adapters/i18n"
)

//go:embed dist page
var files embed.FS

// Policy is the content security policy of all answers. Swagger UI draws its icons from data URLs.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// mediaTypes are the media types of the embedded files. Go's own table depends on the machine.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".txt": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8",
}

// index is the file of the page itself, which exists in each language.
const index = "index.html"

// Handler serves the files of the reference at the root: the page at "/", the others at their names.
type Handler struct {
	pages  map[string]file // by language
	others map[string]file // by name
}

// file is a file ready to be sent.
type file struct {
	language   string // empty if the file is the same in every language
	media, tag string // the tag is the ETag of the plain body, without quotes
	body       []byte
	compressed func() []byte // by gzip
}

// New returns the handler.
func New() (*Handler, error) {
	h := &Handler{pages: map[string]file{}, others: map[string]file{}}
	for _, dir := range []string{"dist", "page"} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			body, err := files.ReadFile(dir + "/" + e.Name())
			if err != nil {
				return nil, err
			}
			if e.Name() != index {
				h.others[e.Name()], err = newFile(e.Name(), "", body)
			} else {
				err = h.addPages(string(body))
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// addPages adds the page in each language.
func (h *Handler) addPages(text string) error {
	page, err := template.New(index).Parse(text)
	if err != nil {
		return err
	}
	for _, tag := range i18n.Languages {
		locale := i18n.Accept(tag.String())
		var body bytes.Buffer
		if err := page.Execute(&body, words{locale}); err != nil {
			return err
		}
		if h.pages[locale.Language()], err = newFile(index, locale.Language(), body.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// words gives the page its own words. The rest of it is in the language of the contract.
type words struct{ i18n.Locale }

// Text returns the message page.docs.ID.
func (w words) Text(id string) string { return w.Locale.Text("page.docs."+id, nil) }

// newFile returns a file that is compressed when it is first asked for.
func newFile(name, language string, body []byte) (file, error) {
	media, known := mediaTypes[path.Ext(name)]
	if !known {
		return file{}, fmt.Errorf("%s: unknown media type", name)
	}
	sum := sha256.Sum256(body)
	compressed := sync.OnceValue(func() []byte { return compress(body) })
	return file{language, media, hex.EncodeToString(sum[:8]), body, compressed}, nil
}

// compress compresses data by gzip.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err := errors.Join(err, w.Close()); err != nil {
		panic("apidocs: " + err.Error()) // a buffer takes all
	}
	return b.Bytes()
}

// Methods returns the methods that a path supports, or none if nothing is there.
func (h *Handler) Methods(name string) []string {
	if _, found := h.others[strings.TrimPrefix(name, "/")]; !found && name != "/" {
		return nil
	}
	return []string{http.MethodGet, http.MethodHead}
}

// ServeHTTP sends the file at a path for which Methods returns the method.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, found := h.others[strings.TrimPrefix(r.URL.Path, "/")]
	if !found {
		wanted := i18n.Accept(strings.Join(r.Header.Values("Accept-Language"), ","))
		f = h.pages[wanted.Language()]
	}
	f.serve(w, r)
}

// serve sends the file, compressed if the client accepts that, or 304 if the client has it.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	body, tag := f.body, strconv.Quote(f.tag)
	header := w.Header()
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		body, tag = f.compressed(), strconv.Quote(f.tag+"-gzip")
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Security-Policy", Policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", tag)
	header.Set("Vary", "Accept-Encoding, Accept-Language")
	if f.language != "" {
		header.Set("Content-Language", f.language)
	}
	if matches(r.Header.Values("If-None-Match"), tag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.media)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // on an error the client has gone; the body is a constant file
	}
}

// acceptsGzip reports whether an Accept-Encoding header lists gzip, or everything, and does not exclude it by q=0.
func acceptsGzip(values []string) bool {
	accepted := map[string]bool{}
	for _, element := range strings.Split(strings.Join(values, ","), ",") {
		coding, params, _ := strings.Cut(element, ";")
		weight, hasWeight := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		accepted[strings.ToLower(strings.TrimSpace(coding))] = !hasWeight || err == nil && q > 0
	}
	if named, found := accepted["gzip"]; found {
		return named
	}
	return accepted["*"]
}

// matches reports whether an If-None-Match header names the tag, which it may mark as weak, or any.
func matches(values []string, tag string) bool {
	for _, t := range strings.Split(strings.Join(values, ","), ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
