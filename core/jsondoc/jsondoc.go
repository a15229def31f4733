// Package jsondoc parses JSON strictly (RFC 8259, restricted to I-JSON, RFC 7493) into a tree. Unlike
// encoding/json, it keeps the order of members, the text of numbers, and the offset of each value.
package jsondoc

import (
	"fmt"
	"strconv"
	"strings"

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
// MaxDepth. The tree refers to data, which must not be changed.
func Parse(data []byte) (*Node, error) {
	if n := parse(data); n != nil {
		return n, nil
	}
	return nil, diagnose(data)
}

// Check returns the error that Parse would return.
func Check(data []byte) error {
	_, err := Parse(data)
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
