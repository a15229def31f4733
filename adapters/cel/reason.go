package cel

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/operators"

	"github.com/procedo/procedo/core/condition"
)

// reason says why an expression is refused: a code of a closed set, which adapters/i18n words, and its params. CEL
// reports its reasons as English texts only, so they are recognised by their form. A text that no pattern matches gets
// the code condition.UnknownReason.
type reason struct {
	code   string
	params map[string]any
}

// finding returns the params of a finding with the reason.
func (r reason) finding() map[string]any {
	params := map[string]any{}
	maps.Copy(params, r.params)
	if r.code != "" {
		params["reason"] = r.code
	}
	return params
}

// reasonPattern recognises a message of CEL. Its groups are the values of the named params.
type reasonPattern struct {
	message *regexp.Regexp
	code    string
	params  []string
}

func when(message, code string, params ...string) reasonPattern {
	return reasonPattern{regexp.MustCompile(message), code, params}
}

// syntaxReasons recognise the messages about expressions that cannot be parsed.
var syntaxReasons = []reasonPattern{
	when(`^Syntax error: .*input '<EOF>'|at '<EOF>'`, "incomplete"),
	when(`^Syntax error: token recognition error at: '["']`, "text"),
	when(`^Syntax error: token recognition error at: '(.*)'$`, "unexpected", "token"),
	when(`^Syntax error: missing '(.*)' at `, "missing", "token"),
	when("quoted identifier|unsupported syntax: '`'", "unexpected_quote"),
	when("input '`", "unexpected_quote"),
	when(`^Syntax error: .*input '(.*?)'(?: expecting .*)?$`, "unexpected", "token"),
	when(`^unsupported syntax '?([^']*)'?$`, "unexpected", "token"),
	when(`^reserved identifier: (.*)$`, "reserved", "name"),
	when(`^argument (must be a simple name|is not an identifier)|^iteration variable overwrites`, "variable"),
	when(`^has\(\) takes`, "has"),
	when(`^invalid (int|uint|double) literal`, "number"),
	when(`unescape|invalid unicode|^invalid (string|bytes)`, "text"),
}

// typeReasons recognise the messages about types that do not fit.
var typeReasons = []reasonPattern{
	when(`^found no matching overload for '(.*)' applied to '(.*)'$`, "no_overload", "operator", "types"),
	when(`^expression of type '(.*)' cannot be range`, "not_iterable", "types"),
	when(`^type '(.*)' does not support field selection`, "no_fields", "types"),
	when(`^expected type '(.*)' but found '(.*)'$`, "mismatch", "wanted", "types"),
	when(`^undeclared reference to '([^']*)'`, "undeclared", "name"),
	when(`^undefined field '([^']*)'`, "undeclared", "name"),
	when(`^'([^']*)' is not a (?:message )?type`, "undeclared", "name"),
	when(`^unsupported optional field selection`, "optional"),
}

// evaluationReasons recognise the beginnings of the messages of failed evaluations. What follows them may be a
// submitted value, so it is neither matched nor taken as a param.
var evaluationReasons = []reasonPattern{
	when(`^operation (cancelled|interrupted): |^actual cost limit|^interrupt`, "cost"),
	when(`^error parsing regexp|^regex program size`, "pattern"),
	when(`^no such (key|attribute|field)|^optional\.none\(\) dereference`, "absent"),
	when(`^no such overload|^unsupported (index|conversion|comprehension)|^got '`, "types"),
	when(`^(division|modulus) by zero`, "zero"),
	when(`^(integer|unsigned integer|duration|timestamp) overflow|^range |^timestamp .*out of range`, "overflow"),
	when(`^index (out of bounds|'[0-9-]+' out of range)`, "index"),
	when(`^(type conversion error|invalid (RFC 3339|UTF-8|duration|timestamp)|strconv\.|time: |timezone |`+
		`unknown time zone|unsupported timestamp)`, "conversion"),
}

// reasonOf returns the reason for a message of CEL.
func reasonOf(message string, patterns []reasonPattern) reason {
	for _, p := range patterns {
		groups := p.message.FindStringSubmatch(message)
		if groups == nil {
			continue
		}
		r := reason{p.code, map[string]any{}}
		for i, name := range p.params {
			r.params[name] = paramOf(name, groups[i+1])
		}
		return r
	}
	return reason{code: condition.UnknownReason}
}

func paramOf(name, text string) any {
	switch name {
	case "operator":
		return operatorName(text)
	case "types", "wanted":
		return typeWords(text)
	}
	return cut(strings.TrimSpace(text), maxShown)
}

// operatorNames are the names of operators in the source, where operators.FindReverse does not return them.
var operatorNames = map[string]string{
	operators.Conditional: "? :", operators.Index: "[ ]", operators.OptIndex: "[? ]", operators.OptSelect: ".?",
	operators.NotStrictlyFalse: "all", toNumber: "double", toInteger: "int", toIndex: "[ ]",
}

// operatorName returns an operator or function as it is written in an expression.
func operatorName(name string) string {
	if written, ok := operatorNames[name]; ok {
		return written
	}
	if written, ok := operators.FindReverse(name); ok && written != "" {
		return written
	}
	return name
}

// typeNames maps types of CEL to those of adapters/i18n. All that are not listed are "other".
var typeNames = map[string]string{
	numberName: "number", "int": "integer", "uint": "integer", "double": "number", "string": "text", "bool": "boolean",
	"timestamp": "datetime", "google.protobuf.Timestamp": "datetime", "duration": "duration",
	"google.protobuf.Duration": "duration", "list": "list", "map": "object", runType: "object", "null": "null",
	"dyn": "any", "optional_type": "optional", "bytes": "bytes", "type": "type",
}

// typeWords returns the code of each type in a text that CEL wrote. The text is a single type, a list of types such as
// (number, list(string)), or the receiver and arguments of a method, such as string.(number). The types of elements are
// left out: list(string) becomes "list".
func typeWords(signature string) []string {
	if target, args, ok := strings.Cut(signature, ".("); ok {
		signature = target + ", " + strings.TrimSuffix(args, ")")
	} else if strings.HasPrefix(signature, "(") {
		signature = strings.TrimSuffix(signature[1:], ")")
	}
	var words []string
	depth, start := 0, 0
	add := func(name string) {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
		switch word, ok := typeNames[name]; {
		case ok:
			words = append(words, word)
		case internalName.MatchString(name):
			words = append(words, "step")
		case name != "":
			words = append(words, "other")
		}
	}
	for i, c := range signature {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			add(signature[start:i])
			start = i + 1
		}
	}
	add(signature[start:])
	return words
}

// failureOf converts an error of CEL to a failure. The same error always gives the same failure.
func failureOf(err error) *condition.Error {
	var known *condition.Error
	if errors.As(err, &known) {
		return known
	}
	return &condition.Error{Reason: reasonOf(err.Error(), evaluationReasons).code}
}

// isLimit reports whether a message of CEL is about a limit of the size of expressions.
func isLimit(message string) bool {
	return slices.ContainsFunc([]string{"limit", "recursion depth", "exceeded"}, func(part string) bool {
		return strings.Contains(message, part)
	})
}

// reasonOfFailure returns the reason of a failure, for a finding.
func reasonOfFailure(f *condition.Error) reason { return reason{f.Reason, f.Params} }
