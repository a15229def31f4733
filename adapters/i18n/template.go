package i18n

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"

	"github.com/procedo/procedo/core/fault"
)

// template is a text with parameters and choices, in the notation of text/template, of which it has only what messages
// need: {{.name}}, {{if .name}}, {{if eq .name "text"}}, {{else}}, {{else if}} and {{end}}. That package is not used to
// execute it: because it finds methods by their names, the linker would keep all methods of the program.
type template []part

// part is a literal, a parameter or a choice.
type part interface{ isPart() }

// literal is text that does not change.
type literal string

// parameter is the name of a parameter. Its value is shown.
type parameter string

// choice is one of two templates.
type choice struct {
	name    string  // of a parameter
	equals  *string // the text that the parameter must equal; if nil, it must not be empty or zero
	yes, no template
}

func (literal) isPart()   {}
func (parameter) isPart() {}
func (choice) isPart()    {}

// functions are the functions that a template may use.
var functions = map[string]any{"eq": true}

// parseTemplate returns the template for a text. It returns an error if the text is in another notation.
func parseTemplate(text string) (template, error) {
	if !strings.Contains(text, "{{") {
		return template{literal(text)}, nil
	}
	trees, err := parse.Parse("message", text, "", "", functions)
	if err != nil {
		return nil, err
	}
	if len(trees) != 1 {
		return nil, fmt.Errorf("a message cannot define templates: %s", text)
	}
	return compile(trees["message"].Root)
}

// compile returns the template for a list of nodes, which is nil for a missing branch.
func compile(list *parse.ListNode) (template, error) {
	if list == nil {
		return nil, nil
	}
	all := make(template, len(list.Nodes))
	for i, node := range list.Nodes {
		var err error
		if all[i], err = compileNode(node); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func compileNode(node parse.Node) (part, error) {
	switch node := node.(type) {
	case *parse.TextNode:
		return literal(node.Text), nil
	case *parse.ActionNode:
		if args := arguments(node.Pipe); len(args) == 1 {
			if name, ok := parameterName(args[0]); ok {
				return parameter(name), nil
			}
		}
	case *parse.IfNode:
		if c, ok := condition(arguments(node.Pipe)); ok {
			var err error
			if c.yes, err = compile(node.List); err == nil {
				c.no, err = compile(node.ElseList)
			}
			return c, err
		}
	}
	return nil, fmt.Errorf("unknown notation in a message: %s", node)
}

// arguments returns the words of a pipeline with one command, or nil for any other.
func arguments(pipe *parse.PipeNode) []parse.Node {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 {
		return nil
	}
	return pipe.Cmds[0].Args
}

// parameterName returns the name in .name.
func parameterName(node parse.Node) (string, bool) {
	field, ok := node.(*parse.FieldNode)
	if !ok || len(field.Ident) != 1 {
		return "", false
	}
	return field.Ident[0], true
}

// condition returns a choice without its templates for the words .name, or eq .name "text".
func condition(args []parse.Node) (c choice, ok bool) {
	switch len(args) {
	case 1:
		c.name, ok = parameterName(args[0])
	case 3:
		_, isFunction := args[0].(*parse.IdentifierNode) // there is only eq
		text, isText := args[2].(*parse.StringNode)
		if isFunction && isText {
			c.equals = &text.Text
			c.name, ok = parameterName(args[1])
		}
	}
	return c, ok
}

// execute returns the text with the values of the parameters. A missing parameter is shown as <no value>.
func (t template) execute(params fault.Params) string {
	if len(t) == 1 {
		if text, ok := t[0].(literal); ok {
			return string(text)
		}
	}
	var b strings.Builder
	t.write(&b, params)
	return b.String()
}

func (t template) write(b *strings.Builder, params fault.Params) {
	for _, p := range t {
		switch p := p.(type) {
		case literal:
			b.WriteString(string(p))
		case parameter:
			writeValue(b, params[string(p)])
		case choice:
			if p.holds(params[p.name]) {
				p.yes.write(b, params)
			} else {
				p.no.write(b, params)
			}
		}
	}
}

func writeValue(b *strings.Builder, value any) {
	switch value := value.(type) {
	case nil:
		b.WriteString("<no value>")
	case string:
		b.WriteString(value)
	default:
		fmt.Fprint(b, value)
	}
}

// holds reports whether the value of the parameter leads to the first template. Only text can equal a text.
func (c choice) holds(value any) bool {
	v := reflect.ValueOf(value)
	if c.equals != nil {
		return v.Kind() == reflect.String && v.String() == *c.equals
	}
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Array, reflect.Map, reflect.Slice:
		return v.Len() > 0
	case reflect.Struct:
		return true
	default:
		return !v.IsZero()
	}
}

// readable returns the text with its parameters as {name}, and with all alternatives, separated by slashes.
func (t template) readable() string {
	var b strings.Builder
	for _, p := range t {
		switch p := p.(type) {
		case literal:
			b.WriteString(string(p))
		case parameter:
			b.WriteString("{" + string(p) + "}")
		case choice:
			b.WriteString(p.yes.readable())
			if p.no != nil {
				b.WriteString(" / " + p.no.readable())
			}
		}
	}
	return b.String()
}

// form returns the text with the names of its parameters, in braces, in place of their values.
func (t template) form() string {
	names := fault.Params{}
	t.addNames(names)
	return t.execute(names)
}

// addNames adds the names of the parameters, with the names in braces as their values.
func (t template) addNames(names fault.Params) {
	for _, p := range t {
		switch p := p.(type) {
		case parameter:
			names[string(p)] = "{" + string(p) + "}"
		case choice:
			names[p.name] = "{" + p.name + "}"
			p.yes.addNames(names)
			p.no.addNames(names)
		}
	}
}
