package http

import (
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

// jsonBuffer builds a JSON document member by member, without reflection. Its methods add a member to the object that
// is open; names are written as they are.
type jsonBuffer struct {
	bytes   []byte
	err     error      // the first error, of a text that is not UTF-8
	numbers numberForm // of the values of slots
}

// jsonBuffers holds buffers for reuse. A document is copied from its buffer, so that it takes no more than its own
// length.
var jsonBuffers = sync.Pool{New: func() any { return new(jsonBuffer) }}

// maxKeptBuffer is the largest capacity of a buffer that is reused, in bytes.
const maxKeptBuffer = 64 << 10

// buildJSON returns the document that build adds to a buffer.
func buildJSON(build func(*jsonBuffer)) ([]byte, error) {
	j, ok := jsonBuffers.Get().(*jsonBuffer)
	if !ok {
		j = new(jsonBuffer)
	}
	j.bytes, j.err, j.numbers = j.bytes[:0], nil, jsonNumbers
	build(j)
	document, err := append([]byte(nil), j.bytes...), j.err
	if cap(j.bytes) <= maxKeptBuffer {
		jsonBuffers.Put(j)
	}
	return document, err
}

// separate adds a comma, unless the element is the first of its object or array.
func (j *jsonBuffer) separate() {
	if n := len(j.bytes); n > 0 && j.bytes[n-1] != '{' && j.bytes[n-1] != '[' {
		j.bytes = append(j.bytes, ',')
	}
}

func (j *jsonBuffer) name(name string) {
	j.separate()
	j.bytes = append(j.bytes, '"')
	j.bytes = append(j.bytes, name...)
	j.bytes = append(j.bytes, '"', ':')
}

func (j *jsonBuffer) quote(s string) {
	b, err := jsontext.AppendQuote(j.bytes, s)
	j.bytes = b
	if j.err == nil {
		j.err = err
	}
}

// open adds a member that is an object or an array, and leaves it open.
func (j *jsonBuffer) open(name string, bracket byte) {
	j.name(name)
	j.bytes = append(j.bytes, bracket)
}

// begin adds an object to the open array, or begins the document with it.
func (j *jsonBuffer) begin() {
	j.separate()
	j.bytes = append(j.bytes, '{')
}

func (j *jsonBuffer) close(bracket byte) { j.bytes = append(j.bytes, bracket) }

func (j *jsonBuffer) text(name, s string) {
	j.name(name)
	j.quote(s)
}

// optional adds a text, or null if it is empty.
func (j *jsonBuffer) optional(name, s string) {
	if s == "" {
		j.null(name)
		return
	}
	j.text(name, s)
}

func (j *jsonBuffer) null(name string) {
	j.name(name)
	j.bytes = append(j.bytes, "null"...)
}

// time adds a time as text, or null for the zero time.
func (j *jsonBuffer) time(name string, t time.Time) {
	if t.IsZero() {
		j.null(name)
		return
	}
	j.name(name)
	j.bytes = append(j.bytes, '"')
	j.bytes = t.AppendFormat(j.bytes, audit.TimeFormat)
	j.bytes = append(j.bytes, '"')
}

func (j *jsonBuffer) number(name string, n int64) {
	j.name(name)
	j.bytes = strconv.AppendInt(j.bytes, n, 10)
}

func (j *jsonBuffer) truth(name string, b bool) {
	j.name(name)
	j.bytes = strconv.AppendBool(j.bytes, b)
}

// element adds a text to the open array.
func (j *jsonBuffer) element(s string) {
	j.separate()
	j.quote(s)
}

// raw adds a value that is already JSON.
func (j *jsonBuffer) raw(name string, value []byte) {
	j.name(name)
	j.bytes = append(j.bytes, value...)
}
