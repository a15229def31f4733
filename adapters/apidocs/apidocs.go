// Package apidocs serves the API reference: Swagger UI on the contract of the same server. Nothing is loaded from
// elsewhere.
//
// The files in dist are copied from the npm package swagger-ui-dist by copy.sh; make verify compares them.
package apidocs

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/webfile"
)

//go:embed dist page
var files embed.FS

// Policy is the content security policy of all answers. Swagger UI draws its icons from data URLs.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// Handler serves the files of the reference at the root: the page at "/", the others at their names.
type Handler struct {
	pages  map[string]webfile.File // by language
	others map[string]webfile.File // by name
}

// New returns the handler.
func New() (*Handler, error) {
	h := &Handler{pages: map[string]webfile.File{}, others: map[string]webfile.File{}}
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
			if h.others[e.Name()], err = newFile(e.Name(), "", body); err != nil {
				return nil, err
			}
		}
	}
	return h, h.addPages()
}

// addPages adds the page in each language.
func (h *Handler) addPages() error {
	for _, tag := range i18n.Languages {
		locale := i18n.Accept(tag.String())
		var body bytes.Buffer
		if err := page(locale).Render(&body); err != nil {
			return err
		}
		var err error
		if h.pages[locale.Language()], err = newFile("index.html", locale.Language(), body.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// newFile returns a file with the policy of the reference.
func newFile(name, language string, body []byte) (webfile.File, error) {
	f, err := webfile.New(name, body)
	f.Language, f.Policy = language, Policy
	return f, err
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
	f.Serve(w, r)
}
