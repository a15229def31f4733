// Package cel implements the language of core/condition with the Common Expression Language (cel.dev).
package cel

import (
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"github.com/procedo/procedo/core/condition"
)

// Limits of an expression. None of them is a duration, so that an expression has the same outcome on every machine. The
// slowest expression within the limits takes less than 50 ms (see hostile_test.go).
const (
	MaxLength = 2048   // code points
	maxNodes  = 1000   // nodes of the syntax tree
	maxDepth  = 40     // levels of the syntax tree
	maxRegex  = 1000   // size of a compiled pattern
	maxCost   = 20_000 // CEL cost units of one evaluation
	maxText   = 65_536 // bytes of a text that an expression reads
)

// Codes of findings.
const (
	codeSyntax      = "condition"
	codeType        = "condition_type"
	codeUnknownName = "condition_unknown"
	codeSensitive   = "condition_sensitive"
	codeLimit       = "condition_limit"
	codeDivision    = "condition_division"
	codeLiteral     = "condition_literal"
	codeNumber      = "condition_number"
)

// Language implements condition.Language with CEL.
type Language struct{}

// Scope returns a scope that compiles the expressions of a definition with these steps.
func (Language) Scope(steps []condition.Step, m condition.Meaning) condition.Scope {
	s := &scope{
		steps: steps, exact: m == condition.Exact, keys: make(map[string]int, len(steps)),
		slots: make([]map[string]int, len(steps)),
	}
	for i := len(steps) - 1; i >= 0; i-- { // backwards, so that the first of several equal keys wins
		s.keys[steps[i].Key] = i
		s.slots[i] = make(map[string]int, len(steps[i].Slots))
		for j := len(steps[i].Slots) - 1; j >= 0; j-- {
			s.slots[i][steps[i].Slots[j].Name] = j
		}
	}
	return s
}

// scope holds the names and types of one definition.
type scope struct {
	steps []condition.Step
	exact bool             // whether numbers are exact decimals
	keys  map[string]int   // indexes of steps by key
	slots []map[string]int // for each step, indexes of slots by name
	env   *cel.Env         // nil until environment creates it
}

// environment returns the environment of the definition. It declares a variable for the run, and one for each step, an
// object whose fields are the slots of the step.
//
// The environment is created with the first expression, since this takes 0.17 ms (BenchmarkCompile) and most
// definitions have no expressions.
func (s *scope) environment() *cel.Env {
	if s.env != nil {
		return s.env
	}
	opts := []cel.EnvOption{
		cel.StdLib(), cel.OptionalTypes(), s.types, cel.ClearMacros(), cel.Macros(macros...),
		cel.ParserExpressionSizeLimit(maxQuoted), cel.ParserRecursionLimit(maxDepth), cel.ParserErrorRecoveryLimit(1),
		cel.ExpressionNodeLimit(maxNodes), cel.ExpressionNestingDepthLimit(maxDepth),
		cel.Variable(runVariable, cel.ObjectType(runType)),
	}
	if s.exact {
		opts = append(opts, numberFunctions()...)
	}
	for i := range s.steps {
		opts = append(opts, cel.Variable(stepVariable(i), cel.ObjectType(stepVariable(i))))
	}
	env, err := cel.NewCustomEnv(opts...)
	if err != nil {
		panic("cel: " + err.Error()) // input cannot make the declarations invalid
	}
	s.env = env
	return env
}

// types adds the types of the steps and of the run to those of CEL.
func (s *scope) types(e *cel.Env) (*cel.Env, error) {
	for _, opt := range []cel.EnvOption{
		cel.CustomTypeAdapter(adapter{e.CELTypeAdapter(), s.exact}),
		cel.CustomTypeProvider(&provider{e.CELTypeProvider(), s}),
	} {
		var err error
		if e, err = opt(e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// stepVariable returns the name of a step's variable in CEL. The type of the variable has the same name.
func stepVariable(step int) string { return "step_" + strconv.Itoa(step) }

// stepOf returns the index of the step with the given CEL name, such as step_3, and whether there is such a step.
func (s *scope) stepOf(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "step_")
	i, err := strconv.Atoi(digits)
	return i, ok && err == nil && i >= 0 && i < len(s.steps) && name == stepVariable(i)
}

const (
	runVariable = "run_0"
	runType     = "run"
	ownVariable = "own_0" // in has(name), stands for the expression's own step until names are resolved
)

// Compile parses and checks an expression of the given step.
func (s *scope) Compile(step int, source string) (condition.Expression, []condition.Finding) {
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return nil, findings
	}
	checked, issues := s.environment().Check(parsed)
	if issues.Err() != nil {
		return nil, findingsOf(codeType, issues, r.source)
	}
	if finding, _ := r.checkRegexes(checked.NativeRep().Expr()); finding != nil {
		return nil, []condition.Finding{*finding}
	}
	r.setNumbers(checked.NativeRep().Expr())
	impossible := r.checkLiterals(checked.NativeRep().Expr(), checked.NativeRep().TypeMap())
	if out := checked.OutputType(); !out.IsExactType(types.BoolType) && !out.IsExactType(types.DynType) {
		why := reason{"not_boolean", map[string]any{"types": typeWords(cel.FormatCELType(out))}}
		return nil, []condition.Finding{r.newFinding(checked.NativeRep().Expr().ID(), codeType, why)}
	}
	program, err := s.environment().Program(checked, cel.CostLimit(maxCost), cel.CustomDecoratorV2(limitRegex),
		cel.OptimizeRegex(interpreter.MatchesRegexOptimization)) // reports an invalid pattern here instead of in Eval
	if err != nil {
		why := reasonOf(err.Error(), evaluationReasons)
		return nil, []condition.Finding{r.newFinding(checked.NativeRep().Expr().ID(), codeSyntax, why)}
	}
	if s.exact && (strings.Contains(source, dynFunction) || strings.Contains(source, "][")) {
		impossible = append(s.checkDyn(step, source), impossible...)
	}
	e := &expression{program: program, reads: r.reads(checked.NativeRep().Expr()), impossible: impossible}
	if finding, ok := e.findConstant(r, checked.NativeRep().Expr()); !ok {
		return nil, []condition.Finding{finding}
	}
	return e, nil
}

// parse parses an expression and resolves its names.
func (s *scope) parse(step int, source string) (*cel.Ast, *resolver, []condition.Finding) {
	if n := len([]rune(source)); n > MaxLength {
		return nil, nil, []condition.Finding{{Code: codeLimit, Params: map[string]any{"max": MaxLength}}}
	}
	quoted := &quotedSource{text: source}
	if s.exact {
		var finding *condition.Finding
		if quoted, finding = quoteNumbers(source); finding != nil {
			return nil, nil, []condition.Finding{*finding}
		}
	}
	parsed, issues := s.environment().Parse(quoted.text)
	if issues.Err() != nil {
		return nil, nil, findingsOf(codeSyntax, issues, quoted)
	}
	r := &resolver{
		scope: s, own: step, source: quoted, info: parsed.NativeRep().SourceInfo(),
		nextID: ast.MaxID(parsed.NativeRep()) + 1,
	}
	if s.exact {
		r.markNumbers(parsed.NativeRep().Expr())
	}
	r.resolve(parsed.NativeRep().Expr(), nil)
	return parsed, r, r.findings
}

// findingsOf converts the issues of CEL to findings. It returns only the first syntax error, since the others follow
// from it. If a limit is exceeded, it returns only a finding for that.
func findingsOf(code string, issues *cel.Issues, source *quotedSource) []condition.Finding {
	patterns := typeReasons
	if code == codeSyntax {
		patterns = syntaxReasons
	}
	var all []condition.Finding
	for _, e := range issues.Errors() {
		message := source.unquoted(strings.Join(strings.Fields(e.Message), " "))
		if isLimit(message) {
			return []condition.Finding{{Code: codeLimit, Params: map[string]any{"max": MaxLength}}}
		}
		f := condition.Finding{Code: code, Params: reasonOf(message, patterns).finding()}
		if line := e.Location.Line(); line > 0 {
			f.Params["line"], f.Params["column"] = line, max(1, source.column(line, e.Location.Column())+1)
		}
		all = append(all, f)
		if code == codeSyntax {
			break
		}
	}
	return all
}

// internalName matches the names of variables that are used only inside this package.
var internalName = regexp.MustCompile(`^(step|run|own)_[0-9]+$`)

// cut returns a text of at most the given length in bytes.
func cut(text string, length int) string {
	if len(text) > length {
		text = strings.ToValidUTF8(text[:length], "") + "…"
	}
	return text
}

// newFinding returns a finding with the position of a node. The reason may be the zero reason.
func (r *resolver) newFinding(id int64, code string, why reason) condition.Finding {
	params := why.finding()
	params["line"], params["column"] = r.position(id)
	return condition.Finding{Code: code, Params: params}
}

// position returns the line and column of a node, counted from 1.
func (r *resolver) position(id int64) (line, column int) {
	at := r.info.GetStartLocation(id)
	return max(1, at.Line()), max(1, r.source.column(at.Line(), at.Column())+1)
}

// report adds a finding with the position of a node.
func (r *resolver) report(id int64, code string, params map[string]any) {
	f := r.newFinding(id, code, reason{})
	for name, p := range params {
		f.Params[name] = p
	}
	r.findings = append(r.findings, f)
}

var _ condition.Language = Language{}
