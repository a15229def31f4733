// Package jsondoc parses JSON strictly (RFC 8259, restricted to I-JSON, RFC 7493) into a tree. Unlike
// encoding/json, it keeps the order of members, the text of numbers, and the offset of each value.
package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/fault"
)

// MaxDepth is the maximum nesting depth of arrays and objects.
const MaxDepth = 64

// Kind is the JSON type of a node.
type Kind uint8

// The JSON types.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Node is one JSON value.
type Node struct {
	Kind    Kind
	Bool    bool
	Text    string   // the characters of a string, or the literal of a number
	Raw     []byte   // the JSON text of the value as it was written
	Members []Member // members of an object, in document order
	Items   []*Node  // elements of an array
	Offset  int      // offset of the value's first byte
}

// Member is a member of an object.
type Member struct {
	Name   string
	Offset int // offset of the name's first byte
	Value  *Node
}

// Get returns the value of the member with the given name, or nil if there is none.
func (n *Node) Get(name string) *Node {
	for i := range n.Members {
		if n.Members[i].Name == name {
			return n.Members[i].Value
		}
	}
	return nil
}

// The reasons why Parse refuses a text.
const (
	Syntax    = "syntax"
	Duplicate = "duplicate_member"
	Trailing  = "trailing_data"
	NUL       = "nul_character"
	Encoding  = "encoding"
	Depth     = "depth"
	Empty     = "empty"

	Values = "values" // more than MaxValues values; Parse does not check this
)

// Error says why, and where, Parse refused a text.
type Error struct {
	Reason  string
	Offset  int    // in bytes
	Pointer string // JSON pointer to the place; empty if the place is the whole text or is not known
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s at byte %d (%s)", e.Reason, e.Offset, e.Pointer)
}

// Parse parses exactly one JSON value. It returns an *Error if the text is empty or malformed, has data after the
// value, or contains duplicate member names, NUL characters, invalid UTF-8, lone surrogates, or nesting deeper than
// MaxDepth.
func Parse(data []byte) (*Node, error) {
	r := reader{data: data, dec: jsontext.NewDecoder(bytes.NewBuffer(data))}
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case err == nil:
		return nil, r.fail(Trailing)
	case !errors.Is(err, io.EOF):
		return nil, &Error{Reason: Trailing, Offset: int(r.dec.InputOffset())}
	}
	return n, nil
}

// Check returns the error that Parse would return.
func Check(data []byte) error {
	_, err := Parse(data)
	return err
}

type reader struct {
	data []byte
	dec  *jsontext.Decoder
}

func (r *reader) fail(reason string) error {
	pointer := ""
	for token := range r.dec.StackPointer().Tokens() {
		pointer = Pointer(pointer, token)
	}
	return &Error{Reason: reason, Offset: int(r.dec.InputOffset()), Pointer: pointer}
}

// start returns the offset of the next value. The decoder has not yet consumed the white space and the separator before
// this value, so start skips them.
func (r *reader) start() int {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[i]) >= 0 {
		i++
	}
	return i
}

func (r *reader) token() (jsontext.Token, error) {
	t, err := r.dec.ReadToken()
	if err != nil {
		return t, r.translate(err)
	}
	if r.dec.StackDepth() > MaxDepth {
		return t, r.fail(Depth)
	}
	return t, nil
}

// translate converts an error of the decoder to an *Error.
func (r *reader) translate(err error) error {
	var s *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(r.data)) == 0:
		return &Error{Reason: Empty}
	case !errors.As(err, &s):
		return &Error{Reason: Syntax, Offset: len(r.data)}
	}
	e := &Error{Reason: Syntax, Offset: int(s.ByteOffset), Pointer: string(s.JSONPointer)}
	switch msg := s.Err; {
	case errors.Is(msg, jsontext.ErrDuplicateName):
		e.Reason = Duplicate
	case strings.Contains(msg.Error(), "UTF-8") || strings.Contains(msg.Error(), "surrogate"):
		e.Reason = Encoding
	}
	return e
}

func (r *reader) text(t jsontext.Token) (string, error) {
	s := t.String()
	if strings.IndexByte(s, 0) >= 0 {
		return "", r.fail(NUL)
	}
	return s, nil
}

func (r *reader) value() (*Node, error) {
	n := &Node{Offset: r.start()}
	t, err := r.token()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 'n':
	case 't', 'f':
		n.Kind, n.Bool = Bool, t.Bool()
	case '0':
		n.Kind, n.Text = Number, t.String()
	case '"':
		n.Kind = String
		n.Text, err = r.text(t)
	case '[':
		n.Kind = Array
		err = r.array(n)
	case '{':
		n.Kind = Object
		err = r.object(n)
	default:
		err = r.fail(Syntax)
	}
	if err != nil {
		return nil, err
	}
	n.Raw = r.data[n.Offset:r.dec.InputOffset()]
	return n, nil
}

func (r *reader) array(n *Node) error {
	for r.dec.PeekKind() != ']' {
		item, err := r.value()
		if err != nil {
			return err
		}
		n.Items = append(n.Items, item)
	}
	_, err := r.token()
	return err
}

func (r *reader) object(n *Node) error {
	for r.dec.PeekKind() != '}' {
		m := Member{Offset: r.start()}
		t, err := r.token()
		if err != nil {
			return err
		}
		if m.Name, err = r.text(t); err != nil {
			return err
		}
		if m.Value, err = r.value(); err != nil {
			return err
		}
		n.Members = append(n.Members, m)
	}
	_, err := r.token()
	return err
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// maxPointer is the length in bytes from which a JSON pointer is not extended any more. Each name in it takes at most
// twice fault.MaxQuoted bytes.
const maxPointer = 2048

// Pointer returns a JSON pointer (RFC 6901) with a member name appended. The pointers of issues are bounded, whatever
// names a document has: a long name is cut, see fault.Quoted, and a pointer that would become too long ends at an
// ancestor of the place.
func Pointer(base, name string) string {
	if len(base) >= maxPointer {
		return base
	}
	name = fault.Quoted(name)
	if strings.ContainsAny(name, "~/") {
		name = pointerEscaper.Replace(name)
	}
	return base + "/" + name
}

// PointerAt returns a JSON pointer with an array index appended.
func PointerAt(base string, i int) string {
	if len(base) >= maxPointer {
		return base
	}
	return base + "/" + strconv.Itoa(i)
}
