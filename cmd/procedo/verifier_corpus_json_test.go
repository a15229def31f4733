package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// jsonNode is a JSON value whose text a test can change anywhere.
type jsonNode struct {
	raw    string // the text of a scalar, or one that replaces a composite value
	kind   jsontext.Kind
	names  []string // of an object, in quotes
	values []*jsonNode
}

func parseNode(t *testing.T, text string) *jsonNode {
	t.Helper()
	d := jsontext.NewDecoder(strings.NewReader(text))
	var read func() *jsonNode
	read = func() *jsonNode {
		token, err := d.ReadToken()
		require.NoError(t, err)
		n := &jsonNode{kind: token.Kind()}
		switch n.kind {
		case '{', '[':
			for d.PeekKind() != '}' && d.PeekKind() != ']' {
				if n.kind == '{' {
					name, err := d.ReadToken()
					require.NoError(t, err)
					n.names = append(n.names, quote(name.String()))
				}
				n.values = append(n.values, read())
			}
			_, err = d.ReadToken()
			require.NoError(t, err)
		case '"':
			n.raw = quote(token.String())
		default:
			n.raw = token.String()
		}
		return n
	}
	return read()
}

func quote(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, text)
	return string(quoted)
}

func (n *jsonNode) String() string {
	if n.raw != "" {
		return n.raw
	}
	parts := make([]string, len(n.values))
	for i, v := range n.values {
		if parts[i] = v.String(); n.kind == '{' {
			parts[i] = n.names[i] + ":" + parts[i]
		}
	}
	if n.kind == '{' {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// at returns the value at a path of names and indexes.
func (n *jsonNode) at(path ...string) *jsonNode {
	for _, name := range path {
		i, err := strconv.Atoi(name)
		if n.kind == '{' {
			i, err = slices.Index(n.names, quote(name)), nil
		}
		if err != nil || i < 0 || i >= len(n.values) {
			panic(fmt.Sprintf("no %s in %s", name, n))
		}
		n = n.values[i]
	}
	return n
}

// text returns the content of a string.
func (n *jsonNode) text() string {
	text, err := jsontext.AppendUnquote(nil, n.raw)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// remove removes a member or an element.
func (n *jsonNode) remove(i int) {
	n.values = slices.Delete(slices.Clone(n.values), i, i+1)
	if n.kind == '{' {
		n.names = slices.Delete(slices.Clone(n.names), i, i+1)
	}
}

// insert inserts a member or an element with a raw text.
func (n *jsonNode) insert(i int, name, raw string) {
	n.values = slices.Insert(slices.Clone(n.values), i, &jsonNode{raw: raw})
	if n.kind == '{' {
		n.names = slices.Insert(slices.Clone(n.names), i, quote(name))
	}
}

// replacements are texts that replace a value.
var replacements = []string{
	"null", "true", "false", "0", "1", "-1", "1.0", "1e0", "-0", "0.0", `"x"`, `""`, "[]", "{}", "[null]", `{"a":1}`,
	"12345678901234567890", "9223372036854775808", "-9223372036854775809", "1e400", "-1e400", `"1"`, `"\ud800"`,
	`"\udc00\ud800"`, "01", "NaN", "", nested(3000),
}

// eachMember calls fn for every text that results from a mutation of one member of an object. The text must be an
// object at the path.
func eachMember(t *testing.T, text string, path []string, fn func(what, text string)) {
	t.Helper()
	object := parseNode(t, text).at(path...)
	require.Equal(t, jsontext.Kind('{'), object.kind)
	mutate := func(what string, edit func(o *jsonNode)) {
		root := parseNode(t, text)
		edit(root.at(path...))
		fn(strings.Join(path, ".")+": "+what, root.String())
	}
	for i, name := range object.names {
		value := object.values[i].String()
		bare := strings.Trim(name, `"`)
		mutate("without "+name, func(o *jsonNode) { o.remove(i) })
		mutate(name+" twice", func(o *jsonNode) { o.insert(i, bare, value) })
		mutate(name+" twice, with another value first", func(o *jsonNode) { o.insert(i, bare, "null") })
		mutate(name+" twice, with another value last", func(o *jsonNode) { o.insert(i+1, bare, `"x"`) })
		mutate(name+" twice, once escaped", func(o *jsonNode) {
			o.insert(i, bare, value)
			o.names[i] = escaped(name, false)
		})
		mutate(name+" renamed", func(o *jsonNode) { o.names[i] = quote(bare + "x") })
		mutate(name+" in other case", func(o *jsonNode) { o.names[i] = strings.ToUpper(name) })
		mutate(name+" escaped", func(o *jsonNode) { o.names[i] = escaped(name, false) })
		mutate(name+" moved to the end", func(o *jsonNode) {
			v := o.values[i].String()
			o.remove(i)
			o.insert(len(o.values), bare, v)
		})
		for _, other := range replacements {
			mutate(name+" is "+shortened(other), func(o *jsonNode) { o.values[i] = &jsonNode{raw: " " + other} })
		}
		for what, other := range spellings(value) {
			mutate(name+" "+what, func(o *jsonNode) { o.values[i] = &jsonNode{raw: other} })
		}
	}
	for _, other := range []string{
		"1", "1e400", strings.Repeat("9", 5000), `"\ud800"`, `"\ud83d\ude00"`, `{"a":1,"a":1}`, "[NaN]", nested(100),
		nested(190), nested(300), nested(5000), `"` + "\x01" + `"`, `"` + "\xff" + `"`, `"` + "\x7f\u2028" + `"`,
	} {
		mutate("one more is "+shortened(other), func(o *jsonNode) { o.insert(len(o.values), "more", other) })
	}
}

// spellings returns other texts of a JSON value, some of which are equal to it.
func spellings(value string) map[string]string {
	all := map[string]string{"in white space": " \t\r\n" + value + " ", "after a form feed": "\f" + value}
	if strings.HasPrefix(value, `"`) {
		all["escaped"], all["escaped in upper case"] = escaped(value, false), escaped(value, true)
		all["with a lone surrogate"] = value[:len(value)-1] + `\ud83d"`
		all["in upper case"] = strings.ToUpper(value)
		all["with more"] = value[:len(value)-1] + `x"`
		all["with a space"] = value[:len(value)-1] + ` "`
		all["with a line feed"] = value[:len(value)-1] + `\n"`
		all["with a NUL"] = value[:len(value)-1] + `\u0000"`
		all["shorter"] = value[:max(1, len(value)-2)] + `"`
		all["without quotes"] = strings.Trim(value, `"`)
	} else {
		all["as a string"] = quote(value)
		all["with a fraction"], all["with an exponent"], all["negated"] = value+".0", value+"e0", "-"+value
		all["with a zero before"] = "0" + value
	}
	return all
}

// escaped escapes the first character of a string that can be escaped.
func escaped(quoted string, upper bool) string {
	if len(quoted) < 3 || quoted[1] == '\\' || quoted[1] >= 0x80 {
		return quoted
	}
	code := fmt.Sprintf("%04x", quoted[1])
	if upper {
		code = strings.ToUpper(code)
	}
	return `"\u` + code + quoted[2:]
}

// nested returns arrays within each other.
func nested(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func shortened(text string) string {
	if len(text) > 30 {
		return fmt.Sprintf("%q… (%d bytes)", text[:20], len(text))
	}
	return strconv.Quote(text)
}
