// Package command makes the command line of a program from a struct, and parses it with cobra.
//
// A field with the tag cmd is a command, one with arg is an argument, and every other exported field is a flag. A
// struct that is embedded adds its fields. Structs that hold only commands group them. These tags describe a field:
//
//	name         its name, where the name of the field in kebab case will not do
//	help         what it is for; ${enum} stands for the values of enum
//	short        one letter that is also a name of the flag
//	default      the value if nothing is given
//	enum         the possible values, separated by commas
//	type         existingfile: the value is the path of a file, which becomes absolute, or - for a standard stream
//	sep          what separates the values of a list in one text, a comma by default; none: nothing does
//	placeholder  the word for the value in the help
//	env          the environment variable, by default the prefix with the name; - for none
//	required     the flag must be given
//	negatable    --no-NAME turns the flag off
//	xor          of the flags with the same word here, one may be given
//	optional     the argument may be left out
//
// The package calls no method by a name that it finds at run time. One such call makes the linker keep every exported
// method of a program, which more than doubles its size.
package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
)

// Command is a command of a program, or the program itself.
type Command struct {
	Name   string // without the names of the commands that it belongs to
	Help   string // a sentence
	Detail string // paragraphs for the help of this command alone; may be empty

	Flags     []*Flag
	Arguments []*Argument
	Commands  []*Command

	Target any // points to the struct of the command

	parent *Command
	cobra  *cobra.Command
}

// Detailed is implemented by commands that have more to say about themselves than one sentence.
type Detailed interface{ Help() string }

// Program is a command line that can be parsed.
type Program struct {
	*Command
	Words    Words // for headings of the help
	Out, Err io.Writer
	Execute  func(ctx context.Context, selected *Command) error // called for the selected command
	Epilog   func(out io.Writer) error                          // writes more below the help of the program; may be nil

	Selected *Command // the one that the last call of Run was for
	Started  bool     // Execute was called

	commands map[*cobra.Command]*Command
	unhelped error // why the help was not shown
}

// New describes the command line of a tree, which is a pointer to a struct. The variables of flags begin with the
// prefix; if it is empty, flags have no variables. New panics if a tag is not valid, because that is a bug.
func New(name, help, prefix string, tree any) *Program {
	root := &Command{Name: name, Help: help, Target: tree}
	root.describe(reflect.ValueOf(tree).Elem(), prefix)
	return &Program{Command: root, Words: English, Out: os.Stdout, Err: os.Stderr}
}

// describe adds the fields of a struct to the command.
func (c *Command) describe(v reflect.Value, prefix string) {
	for i := range v.NumField() {
		field, target := v.Type().Field(i), v.Field(i)
		_, isCommand := field.Tag.Lookup("cmd")
		_, isArgument := field.Tag.Lookup("arg")
		switch {
		case field.Anonymous:
			c.describe(target, prefix)
		case !field.IsExported():
		case isCommand:
			child := &Command{
				Name: nameOf(field), Help: field.Tag.Get("help"), Target: target.Addr().Interface(), parent: c,
			}
			if d, ok := child.Target.(Detailed); ok {
				child.Detail = d.Help()
			}
			child.describe(target, prefix)
			c.Commands = append(c.Commands, child)
		case isArgument:
			c.Arguments = append(c.Arguments, newArgument(field, target))
		default:
			c.Flags = append(c.Flags, newFlag(field, target, prefix))
		}
	}
}

// Path returns the names from the program to the command, separated by spaces.
func (c *Command) Path() string {
	if c.parent == nil {
		return c.Name
	}
	return c.parent.Path() + " " + c.Name
}

// Walk calls visit for the command and for all below it, in the order of their declaration.
func (c *Command) Walk(visit func(*Command)) {
	visit(c)
	for _, child := range c.Commands {
		child.Walk(visit)
	}
}

// nameOf returns the name of a field on the command line.
func nameOf(field reflect.StructField) string {
	if name := field.Tag.Get("name"); name != "" {
		return name
	}
	return kebab(field.Name)
}

// kebab returns a name in kebab case: "DatabaseURL" is database-url.
func kebab(name string) string {
	var b strings.Builder
	isUpper := func(i int) bool { return i < len(name) && name[i] >= 'A' && name[i] <= 'Z' }
	for i := range len(name) {
		beginsWord := i > 0 && isUpper(i) && (!isUpper(i-1) || i+1 < len(name) && !isUpper(i+1))
		if beginsWord {
			b.WriteByte('-')
		}
		b.WriteByte(name[i])
	}
	return strings.ToLower(b.String())
}

// bug panics with what is wrong with the declaration of a field.
func bug(field reflect.StructField, problem string) {
	panic(fmt.Sprintf("command: field %s: %s", field.Name, problem))
}
