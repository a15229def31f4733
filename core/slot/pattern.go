package slot

import (
	"regexp"
	"regexp/syntax"

	"github.com/procedo/procedo/core/pattern"
)

// MaxProgram is the maximum size of a compiled pattern, in RE2 instructions. The time for matching is proportional to
// this size and to the length of the text.
const MaxProgram = 5000

// MaxPatterns is the maximum size of all patterns of a definition together, in RE2 instructions as Weight of
// package pattern counts them. Equal patterns count once.
const MaxPatterns = 250_000

// maxPatternLength is the maximum length of a new pattern, in bytes. It limits the time and memory for parsing.
const maxPatternLength = 2 * MaxProgram

// Patterns compiles the patterns of one definition. Equal patterns share one program.
type Patterns struct {
	compiled map[string]*compiledPattern
	limited  bool
	left     int // remaining size, if limited
}

// NewPatterns returns a Patterns that compiles any number of patterns.
func NewPatterns() *Patterns { return &Patterns{compiled: map[string]*compiledPattern{}} }

// NewLimitedPatterns returns a Patterns that compiles patterns of MaxPatterns in all. It is for definitions that are
// being saved; a stored definition stays readable whatever its patterns are.
func NewLimitedPatterns() *Patterns {
	return &Patterns{compiled: map[string]*compiledPattern{}, limited: true, left: MaxPatterns}
}

// patternTotalError is the error for a pattern that exceeds MaxPatterns together with those before it.
type patternTotalError struct{}

func (patternTotalError) Error() string { return "too many patterns" }

// compile returns the compiled pattern. If the patterns are limited and this one does not fit, the error is
// patternTotalError. Of the patterns after it, none is compiled: the result is nil without an error.
func (p *Patterns) compile(source string) (*compiledPattern, error) {
	if known, ok := p.compiled[source]; ok {
		return known, nil
	}
	if p.limited && len(source) > maxPatternLength {
		return nil, errTooLarge
	}
	if p.left < 0 {
		return nil, nil //nolint:nilnil // the finding about the first one suffices
	}
	compiled, weight, err := compilePattern(source)
	if err != nil {
		return nil, err
	}
	if p.limited {
		if p.left -= weight; p.left < 0 {
			return nil, patternTotalError{}
		}
	}
	p.compiled[source] = compiled
	return compiled, nil
}

// compiledPattern is a pattern that matches whole texts.
type compiledPattern struct {
	*regexp.Regexp
	size int // in RE2 instructions
}

var errTooLarge = &syntax.Error{Code: syntax.ErrLarge, Expr: "…"}

// compilePattern compiles a pattern so that it matches whole texts only: it puts the pattern into a group between
// anchors. It parses the pattern alone first, because the group would make an invalid pattern such as "a)(b" valid. If
// the pattern has an unclosed \Q, it adds \E, so that the closing parenthesis is not quoted.
func compilePattern(source string) (p *compiledPattern, weight int, err error) {
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	if pattern.LeastSize(parsed) > MaxProgram { // without the memory that its compilation would need
		return nil, 0, errTooLarge
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, 0, err
	}
	if len(prog.Inst) > MaxProgram {
		return nil, 0, errTooLarge
	}
	re, err := regexp.Compile(`\A(?:` + source + `)\z`)
	if err != nil {
		re, err = regexp.Compile(`\A(?:` + source + `\E)\z`)
	}
	return &compiledPattern{re, len(prog.Inst)}, pattern.Weight(prog), err
}
