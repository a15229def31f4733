// Package console serves the console: pages in the browser for those who follow runs. The pages call the API of the
// same server, and nothing else.
//
// The files in dist are built from src by make console; make verify compares them.
package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/webfile"
)

//go:embed dist icon.svg
var files embed.FS

// Policy is the content security policy of all answers. Svelte makes its templates by a policy for trusted types.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types svelte-trusted-html"

// forever is for files whose path contains the digest of their content.
const forever = "public, max-age=31536000, immutable"

// pages matches the addresses of the pages, as src/router.svelte.ts knows them.
var pages = regexp.MustCompile(`^/(|runs/[^/]+(/report)?|procedures(/[^/]+(/edit)?)?|new|settings)$`)

// Handler serves the page at its addresses, and the files that it loads at /-/DIGEST/NAME. The digest is that of all
// files: those of another version of the program are not there.
type Handler struct {
	prefix string                  // of the files' paths
	files  map[string]webfile.File // by path
}

// New returns the handler.
func New() (*Handler, error) {
	content, err := read()
	if err != nil {
		return nil, err
	}
	digest := sha256.New()
	for _, c := range content {
		digest.Write(c.body)
	}
	h := &Handler{"-/" + hex.EncodeToString(digest.Sum(nil)[:8]) + "/", map[string]webfile.File{}}
	for _, c := range content {
		f, err := webfile.New(c.name, c.body)
		if err != nil {
			return nil, err
		}
		f.Policy, f.Cache = Policy, forever
		h.files["/"+h.prefix+c.name] = f
	}
	return h, nil
}

// content is an embedded file.
type content struct {
	name string
	body []byte
}

// read returns the embedded files in the order of their names.
func read() (all []content, err error) {
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		all = append(all, content{path.Base(name), body})
		return err
	})
	return all, err
}

// Methods returns the methods that a path supports, or none if nothing is there.
func (h *Handler) Methods(name string) []string {
	if _, found := h.files[name]; !found && !pages.MatchString(name) {
		return nil
	}
	return []string{http.MethodGet, http.MethodHead}
}

// ServeHTTP sends the file or the page at a path for which Methods returns the method.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f, found := h.files[r.URL.Path]; found {
		f.Serve(w, r)
		return
	}
	locale := i18n.Accept(strings.Join(r.Header.Values("Accept-Language"), ","))
	var body bytes.Buffer
	// The addresses in the page are relative to its own, because a proxy may add a prefix.
	up := strings.Repeat("../", strings.Count(r.URL.Path, "/")-1)
	if err := page(locale, "./"+up+h.prefix).Render(&body); err != nil {
		panic("console: " + err.Error()) // a buffer takes all
	}
	f, err := webfile.New("index.html", body.Bytes())
	if err != nil {
		panic("console: " + err.Error()) // HTML is known
	}
	f.Language, f.Policy = locale.Language(), Policy
	f.Serve(w, r)
}
