package command

import (
	"encoding"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// value is the field that a flag or an argument sets.
type value struct {
	target    reflect.Value
	separator string // of the values of a list in one text; empty: none
	file      bool   // the path of an existing file
	Enum      []string
}

func newValue(field reflect.StructField, target reflect.Value) value {
	if kind := field.Type; !isText(kind) && (kind.Kind() != reflect.Slice || !isText(kind.Elem())) {
		bug(field, "a text cannot have the type "+kind.String())
	}
	v := value{target: target, separator: ",", file: field.Tag.Get("type") == "existingfile"}
	switch sep := field.Tag.Get("sep"); sep {
	case "":
	case "none":
		v.separator = ""
	default:
		v.separator = sep
	}
	if enum := field.Tag.Get("enum"); enum != "" {
		v.Enum = strings.Split(enum, ",")
	}
	return v
}

// Value returns what the field holds.
func (v *value) Value() any { return v.target.Interface() }

// isText reports whether parseOne can set a field of this type.
func isText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64:
		return true
	}
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// text returns a help text with the possible values in place of ${enum}.
func (v *value) text(help string) string {
	return strings.ReplaceAll(help, "${enum}", strings.Join(v.Enum, ", "))
}

// isList reports whether the field holds several values.
func (v *value) isList() bool { return v.target.Kind() == reflect.Slice }

// isSwitch reports whether the field is on or off.
func (v *value) isSwitch() bool { return v.target.Kind() == reflect.Bool }

// parse sets the field to what a text says. It adds to a list. It returns an *Error without a name.
func (v *value) parse(text string) error {
	if !v.isList() {
		return v.parseOne(text, v.target)
	}
	for _, part := range split(text, v.separator) {
		element := reflect.New(v.target.Type().Elem()).Elem()
		if err := v.parseOne(part, element); err != nil {
			return err
		}
		v.target.Set(reflect.Append(v.target, element))
	}
	return nil
}

// parseOne sets a target, which is no list, to what a text says.
func (v *value) parseOne(text string, target reflect.Value) error {
	if !v.file && !utf8.ValidString(text) { // the trail, JSON and keys have nothing else
		return &Error{Code: NotUTF8}
	}
	if v.Enum != nil && !slices.Contains(v.Enum, text) {
		return &Error{Code: NotOneOf, Others: v.Enum}
	}
	if v.file {
		path, err := existingFile(text)
		if err != nil {
			return err
		}
		text = path
	}
	if u, ok := target.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return &Error{Code: NotValid, Cause: err}
		}
		return nil
	}
	return setBasic(text, target)
}

// setBasic sets a target of a basic type to what a text says. It returns an *Error if the text does not have this type.
func setBasic(text string, target reflect.Value) error {
	const decimal = 10
	switch {
	case target.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		if err != nil {
			return &Error{Code: NotDuration}
		}
		target.SetInt(int64(d))
	case target.Kind() == reflect.String:
		target.SetString(text)
	case target.CanInt():
		n, err := strconv.ParseInt(text, decimal, target.Type().Bits())
		if err != nil {
			return &Error{Code: NotNumber}
		}
		target.SetInt(n)
	case target.CanUint():
		n, err := strconv.ParseUint(text, decimal, target.Type().Bits())
		if err != nil {
			return &Error{Code: NotNumber}
		}
		target.SetUint(n)
	case target.Kind() == reflect.Bool:
		on := slices.Contains([]string{"true", "1", "yes"}, strings.ToLower(text))
		if !on && !slices.Contains([]string{"false", "0", "no"}, strings.ToLower(text)) {
			return &Error{Code: NotSwitch}
		}
		target.SetBool(on)
	}
	return nil
}

// split splits a text at a separator, unless a backslash precedes it. An empty part at the end counts for nothing, so
// that an empty text is an empty list.
func split(text, separator string) (parts []string) {
	if separator == "" {
		return []string{text}
	}
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && strings.HasPrefix(text[i+1:], separator):
			part.WriteString(separator)
			i += len(separator)
		case strings.HasPrefix(text[i:], separator):
			parts = append(parts, part.String())
			part.Reset()
			i += len(separator) - 1
		default:
			part.WriteByte(text[i])
		}
	}
	if part.Len() > 0 {
		parts = append(parts, part.String())
	}
	return parts
}

// existingFile returns the absolute path of a file that exists. A tilde at the start stands for the user's home folder;
// a single - stays as it is.
func existingFile(path string) (string, error) {
	switch path {
	case "":
		return "", &Error{Code: NoValue}
	case "-":
		return path, nil
	}
	full := path
	if below, ok := strings.CutPrefix(path, "~/"); ok {
		if u, err := user.Current(); err == nil {
			full = filepath.Join(u.HomeDir, below)
		}
	}
	full, err := filepath.Abs(full)
	if err != nil {
		return "", &Error{Code: NotValid, Cause: err}
	}
	switch info, err := os.Stat(full); {
	case errors.Is(err, fs.ErrNotExist):
		return "", &Error{Code: NoFile, Path: path}
	case err != nil:
		return "", &Error{Code: NotValid, Cause: err}
	case info.IsDir():
		return "", &Error{Code: Folder, Path: path}
	}
	return full, nil
}
