// Package cel evaluates conditions written in the Common Expression Language (cel.dev), behind core/condition.
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

// Bounds of an expression. They are counted, never timed: the same expression is refused, or stopped, for ever. The
// worst that fits takes under 50 ms (see hostile_test.go).
const (
	MaxLength  = 2048   // code points
	maxNodes   = 1000   // nodes of the syntax tree
	maxDepth   = 40     // nesting
	maxRegex   = 1000   // size of a compiled pattern
	maxCost    = 20_000 // CEL cost units of one evaluation
	maxText    = 65_536 // bytes of a text that an expression reads
	maxMessage = 300    // bytes of CEL's own words in a finding
)

// Language is CEL, as condition.Language.
type Language struct{}

// Scope prepares for the expressions of a definition with these steps.
func (Language) Scope(steps []condition.Step) condition.Scope {
	s := &scope{steps: steps, keys: make(map[string]int, len(steps)), slots: make([]map[string]int, len(steps))}
	for i := len(steps) - 1; i >= 0; i-- { // of a key that stands twice, the first counts
		s.keys[steps[i].Key] = i
		s.slots[i] = make(map[string]int, len(steps[i].Slots))
		for j := len(steps[i].Slots) - 1; j >= 0; j-- {
			s.slots[i][steps[i].Slots[j].Name] = j
		}
	}
	return s
}

// scope is one definition's names and types.
type scope struct {
	steps []condition.Step
	keys  map[string]int
	slots []map[string]int
	env   *cel.Env // made with the first expression: most definitions have none
}

// environment declares one variable for each step, an object whose fields are its slots, and the run.
func (s *scope) environment() *cel.Env {
	if s.env != nil {
		return s.env
	}
	opts := []cel.EnvOption{
		cel.StdLib(), cel.OptionalTypes(), s.types, cel.ClearMacros(), cel.Macros(macros...),
		cel.ParserExpressionSizeLimit(MaxLength), cel.ParserRecursionLimit(maxDepth), cel.ParserErrorRecoveryLimit(1),
		cel.ExpressionNodeLimit(maxNodes), cel.ExpressionNestingDepthLimit(maxDepth), cel.RegexProgramSizeLimit(maxRegex),
		cel.Variable(runVariable, cel.ObjectType(runType)),
	}
	for i := range s.steps {
		opts = append(opts, cel.Variable(variable(i), cel.ObjectType(variable(i))))
	}
	env, err := cel.NewCustomEnv(opts...)
	if err != nil {
		panic("cel: " + err.Error()) // only names of our own are in it
	}
	s.env = env
	return env
}

// types puts the steps' types over CEL's own.
func (s *scope) types(e *cel.Env) (*cel.Env, error) {
	for _, opt := range []cel.EnvOption{cel.CustomTypeAdapter(adapter{e.CELTypeAdapter()}), cel.CustomTypeProvider(&provider{e.CELTypeProvider(), s})} {
		var err error
		if e, err = opt(e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// variable is the name under which CEL knows a step, and its type.
func variable(step int) string { return "step_" + strconv.Itoa(step) }

// stepOf is the step that a variable, or type, stands for.
func (s *scope) stepOf(name string) (int, bool) {
	digits, is := strings.CutPrefix(name, "step_")
	i, err := strconv.Atoi(digits)
	return i, is && err == nil && i >= 0 && i < len(s.steps) && name == variable(i)
}

const (
	runVariable = "run_0"
	runType     = "run"
	ownVariable = "own_0" // what has(name) makes of a bare name, until it is resolved
)

// Compile checks an expression of a step.
func (s *scope) Compile(step int, source string) (condition.Expression, []condition.Finding) {
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return nil, findings
	}
	checked, issues := s.environment().Check(parsed)
	if issues.Err() != nil {
		return nil, findingsOf("condition_type", issues)
	}
	if out := checked.OutputType(); !out.IsExactType(types.BoolType) && !out.IsExactType(types.DynType) {
		return nil, []condition.Finding{r.finding(checked.NativeRep().Expr().ID(), "condition_type", "found "+cel.FormatCELType(out)+", a condition is true or false")}
	}
	program, err := s.environment().Program(checked, cel.CostLimit(maxCost), cel.OptimizeRegex(interpreter.MatchesRegexOptimization))
	if err != nil {
		return nil, []condition.Finding{r.finding(checked.NativeRep().Expr().ID(), "condition", err.Error())}
	}
	e := &expression{scope: s, program: program, reads: r.reads(checked.NativeRep().Expr())}
	if finding, broken := e.fold(r, checked.NativeRep().Expr()); broken {
		return nil, []condition.Finding{finding}
	}
	return e, nil
}

// parse reads an expression and resolves its names.
func (s *scope) parse(step int, source string) (*cel.Ast, *resolver, []condition.Finding) {
	if n := len([]rune(source)); n > MaxLength {
		return nil, nil, []condition.Finding{{Code: "condition_limit", Params: map[string]any{"max": MaxLength}}}
	}
	parsed, issues := s.environment().Parse(source)
	if issues.Err() != nil {
		return nil, nil, findingsOf("condition", issues)
	}
	r := &resolver{scope: s, own: step, info: parsed.NativeRep().SourceInfo(), next: ast.MaxID(parsed.NativeRep()) + 1}
	r.resolve(parsed.NativeRep().Expr(), nil)
	return parsed, r, r.findings
}

// findingsOf are CEL's own issues. The first of a syntax error says it all; types are found one by one.
func findingsOf(code string, issues *cel.Issues) []condition.Finding {
	var all []condition.Finding
	for _, e := range issues.Errors() {
		f := condition.Finding{Code: code, Params: map[string]any{"reason": words(e.Message)}}
		if e.Location.Line() > 0 {
			f.Params["line"], f.Params["column"] = e.Location.Line(), max(1, e.Location.Column()+1)
		}
		if strings.Contains(e.Message, "limit") || strings.Contains(e.Message, "recursion depth") || strings.Contains(e.Message, "exceeded") {
			return []condition.Finding{{Code: "condition_limit", Params: map[string]any{"max": MaxLength}}}
		}
		all = append(all, f)
		if code == "condition" {
			break
		}
	}
	return all
}

var internal = regexp.MustCompile(`\b(step|run|own)_[0-9]+\b`)

// words are CEL's words for a problem, cut to a length that an answer can carry, and without names of our own.
func words(message string) string {
	message = internal.ReplaceAllString(strings.Join(strings.Fields(message), " "), "a step")
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + "…"
	}
	return message
}

// finding is one of ours, at a node.
func (r *resolver) finding(id int64, code, reason string) condition.Finding {
	line, column := r.place(id)
	params := map[string]any{"line": line, "column": column}
	if reason != "" {
		params["reason"] = words(reason)
	}
	return condition.Finding{Code: code, Params: params}
}

func (r *resolver) place(id int64) (line, column int) {
	at := r.info.GetStartLocation(id)
	return max(1, at.Line()), max(1, at.Column()+1)
}

func (r *resolver) find(id int64, code string, params map[string]any) {
	f := r.finding(id, code, "")
	for name, p := range params {
		f.Params[name] = p
	}
	r.findings = append(r.findings, f)
}

var _ condition.Language = Language{}
