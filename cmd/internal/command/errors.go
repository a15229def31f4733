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
	Missing         Code = "missing"   // Given says what is missing
	NoValue         Code = "value"     // Given is a flag that needs a value
	NotValid        Code = "not_valid" // Given is what has the value; Cause says why it is not valid
	NotOneOf        Code = "enum"      // Given is what has the value; Others are the values that it can have
	NoFile          Code = "file"      // Given is a path
	Folder          Code = "folder"    // Given is a path
	Exclusive       Code = "exclusive" // Given is a flag that cannot be used with those in Others
)

// Error says what is wrong with a command line.
type Error struct {
	Code   Code
	Given  string
	Others []string
	Cause  error // may be nil
}

func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Given
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

// named returns an *Error whose Given is a name, unless the error has one.
func named(err error, name string) error {
	var e *Error
	if !errors.As(err, &e) || e.Code == NoFile || e.Code == Folder {
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
	case errors.As(err, &syntax):
		return &Error{Code: UnknownFlag, Given: syntax.GetSpecifiedFlag()}
	}
	return fmt.Errorf("command: %w", err)
}

// similarFlags returns the flags whose names are similar to one that does not exist.
func (c *Command) similarFlags(name string) (similar []string) {
	for _, f := range c.Flags {
		const most = 2 // as cobra does for commands
		if distance(f.Name, name) <= most || strings.HasPrefix(f.Name, name) {
			similar = append(similar, "--"+f.Name)
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
