package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Code says what is wrong with a command line. The set is closed.
type Code string

// The codes of errors, with what Given and Others are.
const (
	UnknownArgument Code = "argument"  // Given is the argument; Others are similar commands
	UnknownFlag     Code = "flag"      // Given is the flag; Others are similar flags
	Missing         Code = "missing"   // Given says what is missing; Others are the values that it can have
	NoValue         Code = "value"     // Given needs a value
	NotValid        Code = "not_valid" // the value of Given; Cause says why it is not valid
	NotUTF8         Code = "encoding"  // the value of Given
	NotSwitch       Code = "switch"    // the value of Given is not true or false
	NotNumber       Code = "number"    // the value of Given is not a whole number, or too great
	NotDuration     Code = "duration"  // the value of Given is not a duration as Go writes them
	NotOneOf        Code = "enum"      // the value of Given; Others are the values that it can have
	NoFile          Code = "file"      // there is no file at Path, which is the value of Given
	Folder          Code = "folder"    // there is a folder at Path, which is the value of Given
	Exclusive       Code = "exclusive" // Given is a flag that cannot be used with those in Others
)

// Error says what is wrong with a command line.
type Error struct {
	Code   Code
	Given  string // a flag, an argument or a variable, unless the code says otherwise
	Path   string // of a file
	Others []string
	Cause  error // may be nil
}

func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Given
	if e.Path != "" {
		text += " " + e.Path
	}
	if len(e.Others) > 0 {
		text += " (" + strings.Join(e.Others, ", ") + ")"
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// named returns an *Error with the name of what has the value.
func named(err error, name string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	with := *e
	with.Given = name
	return &with
}

// fromParser turns an error of pflag into an *Error.
func (c *Command) fromParser(err error) error {
	var own *Error
	var unknown *pflag.NotExistError
	var required *pflag.ValueRequiredError
	var syntax *pflag.InvalidSyntaxError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			return &Error{Code: UnknownFlag, Given: "-" + letters}
		}
		return &Error{Code: UnknownFlag, Given: "--" + name, Others: c.similarFlags(name)}
	case errors.As(err, &required):
		return &Error{Code: NoValue, Given: "--" + required.GetFlag().Name}
	case errors.As(err, &invalid): // of --help, which is the only flag that is not ours
		return &Error{Code: NotSwitch, Given: "--" + invalid.GetFlag().Name}
	case errors.As(err, &syntax):
		return &Error{Code: UnknownFlag, Given: syntax.GetSpecifiedFlag()}
	}
	return fmt.Errorf("command: %w", err)
}

// similarFlags returns the flags whose names are similar to one that does not exist.
func (c *Command) similarFlags(name string) (similar []string) {
	names := append(make([]string, 0, 1+len(c.Flags)), "help")
	for _, f := range c.Flags {
		names = append(names, f.Name)
	}
	for _, known := range names {
		const most = 2 // as cobra does for commands
		if distance(known, name) <= most || strings.HasPrefix(known, name) {
			similar = append(similar, "--"+known)
		}
	}
	slices.Sort(similar)
	return similar
}

// distance returns how many bytes must be inserted, deleted or replaced to make one name of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
