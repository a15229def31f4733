// Package webfile sends embedded files to browsers: compressed if they accept it, and not again if they have them.
package webfile

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// mediaTypes are the media types by the end of a file's name. Go's own table depends on the machine.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8",
}

// File is a file ready to be sent.
type File struct {
	// Language is the language of the file, or empty if the file is the same in every language.
	Language string
	// Policy is the content security policy that the file is sent with.
	Policy string
	// Cache is the value of Cache-Control: no-cache if empty.
	Cache string

	media, tag string // the tag is the ETag of the plain body, without quotes
	body       []byte
	compressed func() []byte // by gzip
}

// New returns a file, which is compressed when it is first asked for. The end of the name says what it holds; an
// unknown one is an error.
func New(name string, body []byte) (File, error) {
	media, known := mediaTypes[path.Ext(name)]
	if !known {
		return File{}, fmt.Errorf("%s: unknown media type", name)
	}
	sum := sha256.Sum256(body)
	compressed := sync.OnceValue(func() []byte { return compress(body) })
	return File{media: media, tag: hex.EncodeToString(sum[:8]), body: body, compressed: compressed}, nil
}

// compress compresses data by gzip.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err := errors.Join(err, w.Close()); err != nil {
		panic("webfile: " + err.Error()) // a buffer takes all
	}
	return b.Bytes()
}

// Serve sends the file, compressed if the client accepts that, or 304 if the client has it.
func (f File) Serve(w http.ResponseWriter, r *http.Request) {
	body, tag := f.body, strconv.Quote(f.tag)
	header := w.Header()
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		body, tag = f.compressed(), strconv.Quote(f.tag+"-gzip")
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Security-Policy", f.Policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", cmp.Or(f.Cache, "no-cache"))
	header.Set("ETag", tag)
	header.Set("Vary", "Accept-Encoding, Accept-Language")
	if f.Language != "" {
		header.Set("Content-Language", f.Language)
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
