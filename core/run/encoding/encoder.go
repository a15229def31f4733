package encoding

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Encoder writes the payloads of the events of one request in RFC 8785 form. Its methods write the members of each
// object in the order of their names. Those that take the name of a member leave the member out if its value is empty.
type Encoder struct {
	version   *procedure.Version
	requestID string
	by        *access.Principal // nil: not recorded
	committer *audit.Committer

	out       []byte // the payload
	depth     int    // of nested objects
	pending   bool   // the id of the request is still to be written
	pendingBy bool   // who acted is still to be written
	err       error  // the first one
	place     []byte // JSON Pointer of the value that is being committed
	value     []byte // that value
}

// NewEncoder returns an encoder for a run of the version. If the id of the request is not empty, each payload has it as
// a member, and so it has the principal if they were authenticated. A nil principal is not recorded.
func NewEncoder(
	v *procedure.Version, requestID string, by *access.Principal, committer *audit.Committer,
) *Encoder {
	buffer := make([]byte, 1280) // enough for most events
	return &Encoder{
		version: v, requestID: requestID, by: by, committer: committer,
		out: buffer[:0:1024], place: buffer[1024:1024:1152], value: buffer[1152:1152],
	}
}

// errNoCommitter is returned instead of writing a typed value without a commitment.
var errNoCommitter = errors.New("a typed value has no committer")

// Encode returns the payload of a fact; see Marshal. It is valid until the next call.
func (w *Encoder) Encode(fact run.Fact) ([]byte, error) {
	w.out, w.depth, w.err, w.pending = w.out[:0], 0, nil, w.requestID != ""
	w.pendingBy = w.by != nil && w.by.IsProven()
	if w.committer != nil {
		w.committer.Reset()
	}
	w.open()
	w.fact(fact)
	w.close()
	return w.out, w.err
}

func (w *Encoder) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *Encoder) open() {
	w.out = append(w.out, '{')
	w.depth++
}

func (w *Encoder) close() {
	if w.depth == 1 && w.pendingBy {
		w.writeBy()
	}
	if w.depth == 1 && w.pending {
		w.writeRequestID()
	}
	w.out = append(w.out, '}')
	w.depth--
}

// writeRequestID writes the member audit.RequestIDMember of the payload.
func (w *Encoder) writeRequestID() {
	w.pending = false
	w.comma('{')
	if w.committer == nil {
		w.fail(errNoCommitter)
		return
	}
	w.out = w.committer.AppendRequestID(w.out, w.requestID)
}

// writeBy writes the member audit.ByMember of the payload.
func (w *Encoder) writeBy() {
	w.pendingBy = false
	w.comma('{')
	if w.committer == nil {
		w.fail(errNoCommitter)
		return
	}
	w.out = w.committer.AppendBy(w.out, w.by)
}

// comma writes a comma unless a member or an element is the first after the opening bracket.
func (w *Encoder) comma(bracket byte) {
	if w.out[len(w.out)-1] != bracket {
		w.out = append(w.out, ',')
	}
}

// key writes the name of a member that is not a fixed one.
func (w *Encoder) key(name string) {
	w.comma('{')
	w.quote(name)
	w.out = append(w.out, ':')
}

// name writes a fixed name of a member, which needs no escapes.
func (w *Encoder) name(name string) {
	if w.depth == 1 && w.pendingBy && name > audit.ByMember {
		w.writeBy()
	}
	if w.depth == 1 && w.pending && name > audit.RequestIDMember {
		w.writeRequestID()
	}
	w.comma('{')
	w.out = append(append(append(w.out, '"'), name...), '"', ':')
}

// quote writes a string. Text that is not UTF-8 is an error.
func (w *Encoder) quote(text string) {
	var err error
	if w.out, err = jsontext.AppendQuote(w.out, text); err != nil {
		w.fail(err)
	}
}

func (w *Encoder) text(name, text string) {
	if text != "" {
		w.name(name)
		w.quote(text)
	}
}

func (w *Encoder) texts(name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	w.name(name)
	w.out = append(w.out, '[')
	for _, t := range texts {
		w.comma('[')
		w.quote(t)
	}
	w.out = append(w.out, ']')
}

func (w *Encoder) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.integer(n)
	}
}

func (w *Encoder) integer(n int64) {
	const exact = 1 << 53 // RFC 8785 has only the numbers that a float64 holds
	if -exact <= n && n <= exact {
		w.out = strconv.AppendInt(w.out, n, 10)
		return
	}
	w.out = w.appendCanonical(w.out, strconv.AppendInt(nil, n, 10))
}

func (w *Encoder) boolean(name string, b bool) {
	w.name(name)
	w.out = strconv.AppendBool(w.out, b)
}

// other writes a value of any type.
func (w *Encoder) other(name string, value any) {
	w.name(name)
	raw, err := json.Marshal(value)
	if err != nil {
		w.fail(err)
		return
	}
	w.out = w.appendCanonical(w.out, raw)
}

// appendCanonical appends the RFC 8785 form of a JSON value.
func (w *Encoder) appendCanonical(dst []byte, raw jsontext.Value) []byte {
	if isCanonical(raw) {
		return append(dst, raw...)
	}
	canonical := raw.Clone()
	if err := canonical.Canonicalize(); err != nil {
		w.fail(err)
	}
	return append(dst, canonical...)
}

// isCanonical reports whether a value is one of those that are mostly recorded: a literal, or a string of printable
// ASCII without escapes. They are in RFC 8785 form; other values may be, too.
func isCanonical(raw jsontext.Value) bool {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return string(raw) == "true" || string(raw) == "false" || string(raw) == "null"
	}
	for _, c := range raw[1 : len(raw)-1] {
		if c < ' ' || c > '~' || c == '\\' || c == '"' {
			return false
		}
	}
	return true
}

// commit writes the commitment to w.value, which stands at w.place.
func (w *Encoder) commit() {
	if w.committer == nil {
		w.fail(errNoCommitter)
		return
	}
	w.out = w.committer.AppendCommitment(w.out, w.place, w.value)
}

// typedText writes the commitment to a text.
func (w *Encoder) typedText(name, text string) {
	if text == "" {
		return
	}
	w.name(name)
	w.placeAt(name)
	w.commitText(text)
}

func (w *Encoder) commitText(text string) {
	w.value, _ = jsontext.AppendQuote(w.value[:0], text) // what is not UTF-8 is replaced
	w.commit()
}

// typedJSON writes the commitment to a JSON value. An empty value is written as null, and null as it is, because it
// reveals nothing.
func (w *Encoder) typedJSON(raw jsontext.Value) {
	if len(raw) == 0 {
		raw = jsontext.Value("null")
	}
	w.value = w.appendCanonical(w.value[:0], raw)
	if string(w.value) == "null" {
		w.out = append(w.out, w.value...)
		return
	}
	w.commit()
}

// placeAt sets the place to a member of the payload.
func (w *Encoder) placeAt(name string) { w.place = append(append(w.place[:0], '/'), name...) }

// placeIn appends a name to the place.
func (w *Encoder) placeIn(name string) {
	w.place = append(w.place, '/')
	if strings.ContainsAny(name, "~/") {
		name = escape(name)
	}
	w.place = append(w.place, name...)
}

// placeIndex appends the index of an element to the place.
func (w *Encoder) placeIndex(i int) { w.place = strconv.AppendInt(append(w.place, '/'), int64(i), 10) }
