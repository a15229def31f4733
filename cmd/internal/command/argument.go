package command

import (
	"reflect"
	"slices"
)

// Argument is an argument of a command. The last one may be a list, which takes all that is left.
type Argument struct {
	value

	Name     string
	Help     string
	Optional bool
}

func newArgument(field reflect.StructField, target reflect.Value) *Argument {
	a := &Argument{value: newValue(field, target), Name: nameOf(field), Help: field.Tag.Get("help")}
	a.separator = "" // an argument of a list is one value
	_, a.Optional = field.Tag.Lookup("optional")
	if fallback := field.Tag.Get("default"); fallback != "" {
		a.Optional = true
		if err := a.parse(fallback); err != nil {
			bug(field, "the default is not valid: "+err.Error())
		}
	}
	return a
}

// Usage returns the argument as the help shows it: "<run>", "<files> ..." or "[<procedure>]".
func (a *Argument) Usage() string {
	text := "<" + a.Name + ">"
	if a.isList() {
		text += " ..."
	}
	if a.Optional {
		text = "[" + text + "]"
	}
	return text
}

// takeArguments sets the arguments of the command. It returns an *Error if there are too few or too many.
func (c *Command) takeArguments(texts []string) error {
	for _, a := range c.Arguments {
		if len(texts) == 0 {
			if !a.Optional {
				return &Error{Code: Missing, Given: a.Usage(), Others: a.Enum}
			}
			return nil
		}
		n := 1
		if a.isList() {
			n = len(texts)
		}
		if a.Optional {
			a.target.SetZero() // its default
		}
		for _, text := range texts[:n] {
			if err := a.parse(text); err != nil {
				return named(err, a.Usage())
			}
		}
		texts = texts[n:]
	}
	if len(texts) > 0 {
		return c.unknownArgument(texts[0])
	}
	return nil
}

// unknownArgument returns the error for an argument that the command does not take.
func (c *Command) unknownArgument(text string) *Error {
	similar := slices.DeleteFunc(c.cobra.SuggestionsFor(text), func(name string) bool { return name == text })
	return &Error{Code: UnknownArgument, Given: text, Others: similar}
}
