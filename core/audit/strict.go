package audit

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNesting limits the nesting of a whole line or bundle, with members that the service does not know. Python reads
// JSON up to about a thousand levels.
const maxNesting = 200

var errNesting = errors.New("it is nested too deeply")

// CheckNesting returns an error if a JSON text is nested more than 200 levels deep. The text need not be valid JSON.
func CheckNesting(text []byte) error {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) > maxNesting && Nesting(text) > maxNesting {
		return errNesting
	}
	return nil
}

// Nesting returns how many levels deep a JSON text is nested; 0 for a scalar.
func Nesting(text []byte) (deepest int) {
	level, quoted := -1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if quoted {
				deepest = max(deepest, level+1)
			}
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		case c > ' ' && c != ',' && c != ':':
			deepest = max(deepest, level+1)
		}
	}
	return deepest
}

// canonicalize brings a JSON text into RFC 8785 form. Unlike jsontext, it refuses numbers beyond the greatest double,
// for which RFC 8785 has no form.
func canonicalize(text *jsontext.Value) error {
	const greatest = "1.7976931348623157e+308" // jsontext writes it in place of greater numbers
	before := text.Clone()
	if err := text.Canonicalize(); err != nil || !bytes.Contains(*text, []byte(greatest)) {
		return err
	}
	for d := jsontext.NewDecoder(bytes.NewReader(before)); ; {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && token.Kind() == '0' {
			_, err = strconv.ParseFloat(token.String(), 64)
		}
		if err != nil {
			return err
		}
	}
}
