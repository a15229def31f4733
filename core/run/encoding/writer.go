package encoding

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// writer appends the payload of one fact in RFC 8785 form. The caller writes the members of each object in the order of
// their names. The methods that take the name of a member leave the member out if its value is empty.
type writer struct {
	version   *procedure.Version
	committer *audit.Committer
	requestID string // empty once it is written
	out       []byte
	depth     int    // of nested objects
	err       error  // the first one
	place     []byte // JSON Pointer of the value that is being committed
	value     []byte // that value
}

// errNoCommitter is returned instead of writing a typed value without a commitment.
var errNoCommitter = errors.New("a typed value has no committer")

// Marshal returns the payload of a fact in RFC 8785 form, in which commitments replace the typed values. The committer
// collects their disclosures.
func Marshal(v *procedure.Version, fact run.Fact, committer *audit.Committer) ([]byte, error) {
	return AppendPayload(nil, v, fact, "", committer)
}

// AppendPayload appends what Marshal returns. If the id of the request is not empty, it is a member too.
func AppendPayload(
	dst []byte, v *procedure.Version, fact run.Fact, requestID string, committer *audit.Committer,
) ([]byte, error) {
	w := writer{version: v, committer: committer, requestID: requestID, out: dst}
	w.open()
	w.fact(fact)
	w.close()
	return w.out, w.err
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) open() {
	w.out = append(w.out, '{')
	w.depth++
}

func (w *writer) close() {
	if w.depth == 1 && w.requestID != "" {
		w.writeRequestID()
	}
	w.out = append(w.out, '}')
	w.depth--
}

// writeRequestID writes the member audit.RequestIDMember of the payload.
func (w *writer) writeRequestID() {
	w.comma('{')
	if w.committer == nil {
		w.fail(errNoCommitter)
		return
	}
	w.out, w.requestID = w.committer.AppendRequestID(w.out, w.requestID), ""
}

// comma writes a comma unless a member or an element is the first after the opening bracket.
func (w *writer) comma(bracket byte) {
	if w.out[len(w.out)-1] != bracket {
		w.out = append(w.out, ',')
	}
}

// key writes the name of a member that is not a fixed one.
func (w *writer) key(name string) {
	w.comma('{')
	w.quote(name)
	w.out = append(w.out, ':')
}

// name writes a fixed name of a member, which needs no escapes.
func (w *writer) name(name string) {
	if w.depth == 1 && w.requestID != "" && name > audit.RequestIDMember {
		w.writeRequestID()
	}
	w.comma('{')
	w.out = append(append(append(w.out, '"'), name...), '"', ':')
}

// quote writes a string. Text that is not UTF-8 is an error.
func (w *writer) quote(text string) {
	var err error
	if w.out, err = jsontext.AppendQuote(w.out, text); err != nil {
		w.fail(err)
	}
}

func (w *writer) text(name, text string) {
	if text != "" {
		w.name(name)
		w.quote(text)
	}
}

func (w *writer) texts(name string, texts []string) {
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

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.integer(n)
	}
}

func (w *writer) integer(n int64) {
	const exact = 1 << 53 // RFC 8785 has only the numbers that a float64 holds
	if -exact <= n && n <= exact {
		w.out = strconv.AppendInt(w.out, n, 10)
		return
	}
	w.out = w.appendCanonical(w.out, strconv.AppendInt(nil, n, 10))
}

func (w *writer) boolean(name string, b bool) {
	w.name(name)
	w.out = strconv.AppendBool(w.out, b)
}

// other writes a value of any type.
func (w *writer) other(name string, value any) {
	w.name(name)
	raw, err := json.Marshal(value)
	if err != nil {
		w.fail(err)
		return
	}
	w.out = w.appendCanonical(w.out, raw)
}

// appendCanonical appends the RFC 8785 form of a JSON value.
func (w *writer) appendCanonical(dst []byte, raw jsontext.Value) []byte {
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
func (w *writer) commit() {
	if w.committer == nil {
		w.fail(errNoCommitter)
		return
	}
	w.out = w.committer.AppendCommitment(w.out, w.place, w.value)
}

// typedText writes the commitment to a text.
func (w *writer) typedText(name, text string) {
	if text == "" {
		return
	}
	w.name(name)
	w.placeAt(name)
	w.commitText(text)
}

func (w *writer) commitText(text string) {
	w.value, _ = jsontext.AppendQuote(w.value[:0], text) // what is not UTF-8 is replaced
	w.commit()
}

// typedJSON writes the commitment to a JSON value. An empty value is written as null, and null as it is, because it
// reveals nothing.
func (w *writer) typedJSON(raw jsontext.Value) {
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
func (w *writer) placeAt(name string) { w.place = append(append(w.place[:0], '/'), name...) }

// placeIn appends a name to the place.
func (w *writer) placeIn(name string) {
	w.place = append(w.place, '/')
	if strings.ContainsAny(name, "~/") {
		name = escape(name)
	}
	w.place = append(w.place, name...)
}

// placeIndex appends the index of an element to the place.
func (w *writer) placeIndex(i int) { w.place = strconv.AppendInt(append(w.place, '/'), int64(i), 10) }
