package http

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// definition returns a definition document with the bounds and defaults of its numeric slots in the form. It may change
// its argument.
func (f numberForm) definition(d procedure.DefinitionJSON) procedure.DefinitionJSON {
	if f == jsonNumbers {
		return d
	}
	for i := range d.Steps {
		for j := range d.Steps[i].Slots {
			if s := &d.Steps[i].Slots[j]; s.Type.Numeric() {
				s.Min, s.Max, s.Default = quoteNumber(s.Min), quoteNumber(s.Max), quoteNumber(s.Default)
			}
		}
	}
	return d
}

// quoteNumber returns a plain JSON number as a string, and any other value as it is.
func quoteNumber(v jsontext.Value) jsontext.Value {
	if v.Kind() != '0' {
		return v
	}
	return append(append(jsontext.Value{'"'}, v...), '"')
}

// params returns params for an answer, with their numbers in the form. The result is never nil.
func (f numberForm) params(p fault.Params) fault.Params {
	switch {
	case p == nil:
		return fault.Params{}
	case f == jsonNumbers:
		return p
	}
	shown := make(fault.Params, len(p))
	for name, value := range p {
		shown[name] = stringsForNumbers(value)
	}
	return shown
}

// stringsForNumbers returns a param with decimal strings for all numbers in it.
func stringsForNumbers(value any) any {
	switch value := value.(type) {
	case string, bool, nil, []string:
		return value
	case int:
		return strconv.Itoa(value)
	case int64:
		return strconv.FormatInt(value, 10)
	}
	data, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return value // the caller marshals it again, and reports the error
	}
	var shown bytes.Buffer
	from, to := jsontext.NewDecoder(bytes.NewReader(data)), jsontext.NewEncoder(&shown)
	for {
		token, err := from.ReadToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && token.Kind() == '0' {
			token = jsontext.String(plainNumber(token.String()))
		}
		if err == nil {
			err = to.WriteToken(token)
		}
		if err != nil {
			return value
		}
	}
	return jsontext.Value(bytes.TrimSpace(shown.Bytes()))
}

// plainNumber returns a JSON number without an exponent. A number beyond the bounds of decimals is returned as it is.
func plainNumber(literal string) string {
	if d, err := decimal.ParseGiven(literal); err == nil {
		return string(d)
	}
	return literal
}

// isNumber reports whether a text is a JSON number, of any size.
func isNumber(text string) bool {
	_, err := decimal.ParseGiven(text)
	return !errors.Is(err, decimal.ErrSyntax)
}

// readDefinition replaces strings by the numbers that they spell where they are bounds or defaults of numeric slots in
// the document of a definition, which may be nil. Any other string stays, and is a finding. It returns the document.
func (f numberForm) readDefinition(doc *jsondoc.Node) *jsondoc.Node {
	if f == jsonNumbers || doc == nil {
		return doc
	}
	for _, step := range itemsOf(doc, "steps") {
		for _, s := range itemsOf(step, "slots") {
			if t := s.Get("type"); t == nil || t.Kind != jsondoc.String || !slot.Type(t.Text).Numeric() {
				continue
			}
			for _, member := range []string{"min", "max", "default"} {
				if n := s.Get(member); n != nil && n.Kind == jsondoc.String && isNumber(n.Text) {
					n.Kind, n.Raw = jsondoc.Number, []byte(n.Text)
				}
			}
		}
	}
	return doc
}

// itemsOf returns the elements of an array that is a member of an object, or nil if there is no such array.
func itemsOf(n *jsondoc.Node, member string) []*jsondoc.Node {
	if list := n.Get(member); list != nil {
		return list.Items
	}
	return nil
}

// readCommand returns the function that converts commands with values in the form, or nil if there is nothing to
// convert.
func (f numberForm) readCommand() app.CommandReader {
	if f == jsonNumbers {
		return nil
	}
	return func(v *procedure.Version, c run.Command) run.Command {
		switch c := c.(type) {
		case run.Draft:
			c.Slots = numbersForStrings(v, c.Step, c.Slots)
			return c
		case run.Commit:
			c.Slots = numbersForStrings(v, c.Step, c.Slots)
			return c
		case run.Amend:
			c.Slots = numbersForStrings(v, c.Step, c.Slots)
			return c
		case run.Skip, run.Fail, run.Erase, run.Reveal: // these submit no values
		}
		return c
	}
}

// readAnswer is like readCommand for the answers of a simulation.
func (f numberForm) readAnswer() app.AnswerReader {
	if f == jsonNumbers {
		return nil
	}
	return func(v *procedure.Version, a run.SimulationAnswer) run.SimulationAnswer {
		a.Slots = numbersForStrings(v, a.Step, a.Slots)
		return a
	}
}

// numbersForStrings returns the raw values of a step with JSON numbers for the strings that spell them, if the slots
// are numeric. All other values stay as they are. It does not change its argument.
func numbersForStrings(v *procedure.Version, step string, given map[string][]byte) map[string][]byte {
	i, known := v.StepIndex(step)
	if !known {
		return given
	}
	read, copied := given, false
	for j := range v.Steps[i].Slots {
		s := &v.Steps[i].Slots[j]
		if !s.Type.Numeric() {
			continue
		}
		number, ok := numberInString(given[s.Name])
		if !ok {
			continue
		}
		if !copied {
			read, copied = maps.Clone(given), true
		}
		read[s.Name] = number
	}
	return read
}

// numberInString returns the JSON number that a raw JSON value spells if it is a string.
func numberInString(raw []byte) (number []byte, ok bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return nil, false
	}
	number, err := jsontext.AppendUnquote(nil, raw)
	return number, err == nil && isNumber(string(number))
}
