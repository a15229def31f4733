package command

import (
	"os"
	"reflect"
	"strings"

	"github.com/spf13/pflag"
)

// Source says where the value of a flag comes from.
type Source int

// The sources of values. What is given in a later one replaces what is given in an earlier one.
const (
	Default Source = iota
	Variable
	CommandLine
)

// Flag is a flag of a command.
type Flag struct {
	value

	Name        string // without the hyphens
	Short       string // a letter, or empty
	Help        string
	Placeholder string // for the value in the help; may be empty
	Default     string // as text; empty if there is none
	Variable    string // the environment variable; empty if there is none
	Required    bool
	Negatable   bool
	Source      Source

	group string // of which one flag may be given; may be empty
}

func newFlag(field reflect.StructField, target reflect.Value, prefix string) *Flag {
	f := &Flag{
		value: newValue(field, target), Name: nameOf(field), Short: field.Tag.Get("short"), Help: field.Tag.Get("help"),
		Placeholder: field.Tag.Get("placeholder"), Default: field.Tag.Get("default"), group: field.Tag.Get("xor"),
	}
	_, f.Required = field.Tag.Lookup("required")
	_, f.Negatable = field.Tag.Lookup("negatable")
	f.Variable = variableName(field.Tag.Get("env"), prefix, f.Name)
	if f.Default != "" {
		if err := f.parse(f.Default); err != nil {
			bug(field, "the default is not valid: "+err.Error())
		}
	}
	return f
}

// variableName returns the name of the environment variable of a flag. The tag can have another, or - for none.
func variableName(tag, prefix, flag string) string {
	switch {
	case tag == "-" || tag == "" && prefix == "":
		return ""
	case tag != "":
		return tag
	}
	return prefix + "_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// take sets the flag to what a source says. What a weaker source said is forgotten.
func (f *Flag) take(text string, from Source) error {
	if f.Source != from {
		f.Source = from
		f.target.SetZero()
	}
	if err := f.parse(text); err != nil {
		return named(err, "--"+f.Name)
	}
	return nil
}

// readVariable takes the value of the environment variable, unless the command line has one.
func (f *Flag) readVariable() error {
	if f.Variable == "" || f.Source == CommandLine {
		return nil
	}
	text, given := os.LookupEnv(f.Variable)
	if !given {
		return nil
	}
	f.Source = Default
	if err := f.take(text, Variable); err != nil {
		return named(err, f.Variable)
	}
	return nil
}

// register adds the flag to the set that pflag parses.
func (f *Flag) register(set *pflag.FlagSet) {
	p := set.VarPF(onCommandLine{f, false}, f.Name, f.Short, f.Text())
	if f.isSwitch() {
		p.NoOptDefVal = "true"
	}
	if f.Negatable {
		set.VarPF(onCommandLine{f, true}, "no-"+f.Name, "", "").NoOptDefVal = "true"
	}
}

// onCommandLine implements pflag.Value for a flag, or for the form of it that turns it off.
type onCommandLine struct {
	flag *Flag
	off  bool
}

// String is called for a default, which the flag keeps itself.
func (onCommandLine) String() string { return "" }

// Type is shown by pflag's own help, which is not used.
func (onCommandLine) Type() string { return "" }

// Set takes a value of the command line.
func (o onCommandLine) Set(text string) error {
	if !o.off {
		return o.flag.take(text, CommandLine)
	}
	if err := o.flag.take(text, CommandLine); err != nil {
		return named(err, "--no-"+o.flag.Name)
	}
	o.flag.target.SetBool(!o.flag.target.Bool())
	return nil
}
