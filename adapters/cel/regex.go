package cel

import (
	"fmt"
	"regexp/syntax"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/pattern"
)

// maxPatternText is the maximum length of a pattern in matches(), in bytes. It limits the memory for parsing; a longer
// pattern hardly ever compiles to a program within maxRegex.
const maxPatternText = 8 * maxRegex

// checkRegex returns the weight of a pattern in matches(), or an error if the pattern is invalid or its program is
// larger than maxRegex. Unlike the limit of CEL, it does not compile a program that is much too large.
func checkRegex(source string) (weight int, err error) {
	if len(source) > maxPatternText {
		return 0, errRegexSize
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return 0, err
	}
	if pattern.LeastSize(parsed) > maxRegex {
		return 0, errRegexSize
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	if len(prog.Inst) > maxRegex {
		return 0, errRegexSize
	}
	return pattern.Weight(prog), nil
}

var errRegexSize = fmt.Errorf("regex program size exceeds limit of %d", maxRegex)

// patternOf returns the pattern of a call of matches() and whether it is a literal.
func patternOf(e ast.Expr) (p ast.Expr, text string, ok bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != overloads.Matches {
		return nil, "", false
	}
	args := e.AsCall().Args()
	if len(args) == 0 {
		return nil, "", false
	}
	p = args[len(args)-1]
	source, ok := literal(p).(types.String)
	return p, string(source), ok
}

// checkRegexes returns a finding if a literal pattern in matches() is too large. An invalid pattern is reported when
// the program is made.
func (r *resolver) checkRegexes(root ast.Expr) (finding *condition.Finding, weight int) {
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		p, source, ok := patternOf(e)
		if !ok || finding != nil {
			return
		}
		w, err := checkRegex(source)
		if err == errRegexSize { //nolint:errorlint // checkRegex does not wrap it
			f := r.newFinding(p.ID(), codeLimit, reason{})
			f.Params["max"] = MaxLength
			finding = &f
		}
		weight += w
	}))
	return finding, weight
}

// limitRegex makes the calls of matches() refuse a pattern that is computed and too large.
func limitRegex(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	call, ok := i.(interpreter.InterpretableCall)
	if !ok || call.Function() != overloads.Matches || len(call.Args()) < 2 {
		return i, nil
	}
	if _, isConst := call.Args()[1].(interpreter.InterpretableConst); isConst {
		return i, nil // checkRegexes has checked it
	}
	return &limitedMatch{call}, nil
}

// limitedMatch is a call of matches() with a computed pattern.
type limitedMatch struct{ interpreter.InterpretableCall }

// Exec checks the pattern and then makes the call.
func (m *limitedMatch) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	p := m.Args()[1].Exec(frame)
	if text, ok := p.(types.String); ok {
		if _, err := checkRegex(string(text)); err != nil {
			return types.WrapErr(err)
		}
	}
	return m.InterpretableCall.Exec(frame)
}
