package jsonschema

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// Check adds an issue for each keyword of the schema that a value violates. The members of an object are checked in the
// order of their names. An issue contains what the schema requires, such as the minimum, but not the value.
func (s *Schema) Check(n *jsondoc.Node, issues *fault.IssueList) {
	c := checker{issues: issues}
	c.value(s, n)
}

type checker struct {
	issues *fault.IssueList
	field  string    // the field of issues with the whole value
	path   []segment // from the whole value to the value that is checked
}

// segment is the name of a member, or the index of an item.
type segment struct {
	name   string
	index  int
	isItem bool
}

func (c *checker) member(s *Schema, m *jsondoc.Member) {
	c.path = append(c.path, segment{name: m.Name})
	c.value(s, m.Value)
	c.path = c.path[:len(c.path)-1]
}

func (c *checker) pointer() string {
	field := c.field
	for _, s := range c.path {
		if s.isItem {
			field = jsondoc.PointerAt(field, s.index)
		} else {
			field = jsondoc.Pointer(field, s.name)
		}
	}
	return field
}

func (c *checker) value(s *Schema, n *jsondoc.Node) {
	if s.nullOr != nil {
		if n.Kind == jsondoc.Null {
			return
		}
		s = s.nullOr
	}
	switch permitted := s.types&(1<<n.Kind) != 0; {
	case n.Kind == jsondoc.Null && permitted, s.anything:
	case s.enum != nil && (n.Kind != jsondoc.String || !s.allows(n.Text)):
		c.add(s, "enum")
	case !permitted:
		c.add(s, "type")
	case n.Kind == jsondoc.Number:
		if value, err := strconv.ParseFloat(n.Text, 64); err != nil { // beyond the range of float64
			c.add(s, "type")
		} else {
			c.number(s, value)
		}
	case n.Kind == jsondoc.String:
		c.text(s, n.Text)
	case n.Kind == jsondoc.Array:
		c.array(s, n)
	case n.Kind == jsondoc.Object:
		c.object(s, n)
	}
}

// allows reports whether the enum of the schema has a text.
func (s *Schema) allows(text string) bool {
	return slices.ContainsFunc(s.enum, func(v any) bool { return v == text })
}

func (c *checker) number(s *Schema, value float64) {
	if s.integer && value != math.Trunc(value) {
		c.add(s, "type")
	}
	// MaxInt64 is 2^63 as a float64.
	if s.int64 && (value < math.MinInt64 || value > math.MaxInt64) {
		c.add(s, "format")
	}
	if s.minimum != nil && value < *s.minimum {
		c.add(s, "minimum")
	}
	if s.maximum != nil && value > *s.maximum {
		c.add(s, "maximum")
	}
}

func (c *checker) text(s *Schema, text string) {
	if s.minLength > 0 || s.maxLength != nil {
		length := size(utf8.RuneCountInString(text))
		if length < s.minLength {
			c.add(s, "minLength")
		}
		if s.maxLength != nil && length > *s.maxLength {
			c.add(s, "maxLength")
		}
	}
	if s.pattern != nil && !s.pattern.MatchString(text) {
		c.add(s, "pattern")
	}
	if s.dateTime && !isDateTime(text) {
		c.add(s, "format")
	}
}

func (c *checker) array(s *Schema, n *jsondoc.Node) {
	if size(len(n.Items)) < s.minItems {
		c.add(s, "minItems")
	}
	if s.maxItems != nil && size(len(n.Items)) > *s.maxItems {
		c.add(s, "maxItems")
	}
	if s.items == nil {
		return
	}
	for i, item := range n.Items {
		c.path = append(c.path, segment{index: i, isItem: true})
		c.value(s.items, item)
		c.path = c.path[:len(c.path)-1]
	}
}

func (c *checker) object(s *Schema, n *jsondoc.Node) {
	if s.hasChildren {
		var few [8]jsondoc.Member
		members := sorted(n.Members, few[:0])
		for i := range members {
			m := &members[i]
			switch property := s.properties[m.Name]; {
			case property != nil:
				c.member(property, m)
			case s.onlyDeclared:
				c.addMember(s, "additionalProperties", quoted(m.Name))
			case s.additional != nil:
				c.member(s.additional, m)
			}
		}
	}
	for _, name := range s.required {
		if n.Get(name) == nil {
			c.addMember(s, "required", name)
		}
	}
}

func size(n int) uint64 { return uint64(n) } //nolint:gosec // a length is not negative

// sorted returns members in the order of their names. If they are in another order, it uses a buffer.
func sorted(members, buffer []jsondoc.Member) []jsondoc.Member {
	byName := func(a, b jsondoc.Member) int { return strings.Compare(a.Name, b.Name) }
	if slices.IsSortedFunc(members, byName) {
		return members
	}
	members = append(buffer, members...)
	slices.SortFunc(members, byName)
	return members
}

// quoted returns the name of an unknown member as issues quote it: in the syntax of Go, up to the first quotation mark.
func quoted(name string) string {
	name, _, _ = strings.Cut(strconv.Quote(name)[1:], `"`)
	return name
}

// addMember adds the issue of a member that is unknown or missing.
func (c *checker) addMember(s *Schema, keyword, name string) {
	c.path = append(c.path, segment{name: name})
	c.add(s, keyword)
	c.path = c.path[:len(c.path)-1]
}

// add adds the issue of a value that violates a keyword. Issues that the list only counts are not made.
func (c *checker) add(s *Schema, keyword string) {
	if len(c.issues.First) == fault.MaxIssues {
		c.issues.Count++
		return
	}
	is := fault.Issue{Field: c.pointer()}
	switch keyword {
	case "type":
		is.Code, is.Params = "request.type", fault.Params{"expected": s.expected}
	case "enum":
		is.Code, is.Params = "request.enum", fault.Params{"allowed": s.enum}
	case "minLength":
		is.Code, is.Params = "request.min_length", fault.Params{"min": s.minLength}
	case "maxLength":
		is.Code, is.Params = "request.max_length", fault.Params{"max": *s.maxLength}
	case "minItems":
		is.Code, is.Params = "request.min_items", fault.Params{"min": s.minItems}
	case "maxItems":
		is.Code, is.Params = "request.max_items", fault.Params{"max": *s.maxItems}
	case "minimum":
		is.Code, is.Params = "request.min", fault.Params{"min": *s.minimum}
	case "maximum":
		is.Code, is.Params = "request.max", fault.Params{"max": *s.maximum}
	case "format":
		is.Code, is.Params = "request.format", fault.Params{"expected": s.format}
	case "required":
		is.Code = "request.required"
	case "additionalProperties":
		is.Code = "request.unknown_member"
	case "pattern": // people are not shown the pattern itself
		is.Code = "request.value"
		if s.example != "" {
			is.Params = fault.Params{"example": s.example}
		}
	default:
		is.Code = "request.value"
	}
	c.issues.Add(is)
}
