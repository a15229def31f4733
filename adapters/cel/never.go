package cel

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// maxExamples is the maximum number of values that are tried for one expression.
const maxExamples = 256

// maxForm is the maximum length of a pattern for the texts that an expression can be, in bytes.
const maxForm = 10_000

// conversion is a function that fails for some texts or numbers.
type conversion struct {
	texts   string // pattern that matches every text for which it does not fail
	succeed func(ref.Val) bool
}

func convertsTo(t *types.Type) func(ref.Val) bool {
	return func(v ref.Val) bool {
		if n, ok := v.(*number); ok {
			i, whole := n.index()
			return whole && !types.IsError(i.ConvertToType(t))
		}
		return !types.IsError(v.ConvertToType(t))
	}
}

// conversions are the functions that fail for some texts, by their names in a resolved expression.
var conversions = map[string]conversion{
	"timestamp": {`[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})`,
		convertsTo(types.TimestampType)},
	"duration": {`[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)`, convertsTo(types.DurationType)},
	"bool":     {`1|t|T|TRUE|true|True|0|f|F|FALSE|false|False`, convertsTo(types.BoolType)},
	toNumber:   {numberForm, func(v ref.Val) bool { return !types.IsError(numberFrom(v)) }},
	toInteger:  {numberForm, func(v ref.Val) bool { return !types.IsError(integerFrom(v)) }},
	"matches":  {`(?s)[^*+?].*`, isPattern},
}

const numberForm = `-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`

func isPattern(v ref.Val) bool {
	text, ok := v.(types.String)
	if !ok {
		return true
	}
	_, err := checkRegex(string(text))
	return err == nil
}

// checkNever reports a call that fails for every value of the slots that it reads.
func (c *literalCheck) checkNever(e ast.Expr, bound map[string]operand) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	switch {
	case name == operators.Index:
		c.checkIndex(e, bound)
	case call.IsMemberFunction() && len(args) == 1 && isTimeAccessor(name):
		zone, ok := literal(args[0]).(types.String)
		if ok && types.IsError(types.Timestamp{}.Receive("getHours", "timestamp_to_hours_with_tz", []ref.Val{zone})) {
			c.reportNever(args[0], reason{code: "time_zone"})
		}
	case conversions[name].succeed != nil && len(args) > 0:
		c.checkConversion(e, conversions[name], args[len(args)-1], bound)
	}
}

// checkConversion reports a conversion that fails for every value of its argument.
func (c *literalCheck) checkConversion(e ast.Expr, conversion conversion, arg ast.Expr, bound map[string]operand) {
	name := operatorName(e.AsCall().FunctionName())
	values, known := c.examples(arg, bound)
	slots := c.operand(arg, bound).slots
	switch {
	case known && slices.ContainsFunc(values, conversion.succeed):
	case known && arg.Kind() == ast.LiteralKind:
		if text, ok := textOf(arg); ok && name != "matches" {
			c.reportLiteral(arg, name, text)
		}
	case known, c.matchesNone(arg, bound, conversion.texts):
		params := map[string]any{"operator": name}
		if len(slots) > 0 {
			params["name"] = c.nameOf(slots[0])
		}
		c.reportNever(e, reason{"never", params})
	}
}

// matchesNone reports whether no text that an expression can be matches the pattern, as far as that is known.
func (c *literalCheck) matchesNone(e ast.Expr, bound map[string]operand, pattern string) bool {
	o := c.operand(e, bound)
	if o.open || o.list {
		return false
	}
	for _, r := range o.slots {
		s := c.slot(r)
		if s.Meet == nil || len(s.Patterns) == 0 || s.Meet(append([]string{pattern}, s.Patterns...)) {
			return false
		}
	}
	if len(o.slots) > 0 {
		return true
	}
	meet := c.meet()
	form, ok := c.form(e, bound)
	return ok && len(form) <= maxForm && meet != nil && !meet([]string{pattern, form})
}

// meet returns the function Meet, which all slots share; nil if no slot has it.
func (c *literalCheck) meet() func([]string) bool {
	for i := range c.steps {
		for j := range c.steps[i].Slots {
			if meet := c.steps[i].Slots[j].Meet; meet != nil {
				return meet
			}
		}
	}
	return nil
}

// form returns a pattern that matches every text that an expression can be. It returns false if it knows none.
func (c *literalCheck) form(e ast.Expr, bound map[string]operand) (string, bool) {
	if text, ok := literal(e).(types.String); ok {
		return regexp.QuoteMeta(string(text)), true
	}
	if o := c.operand(e, bound); len(o.slots) > 0 {
		return c.formOfSlots(o)
	}
	if e.Kind() != ast.CallKind {
		return "", false
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Add:
		first, ok1 := c.form(args[0], bound)
		second, ok2 := c.form(args[1], bound)
		return first + second, ok1 && ok2 && len(first)+len(second) <= maxForm
	case "string":
		if t := c.types[args[0].ID()]; t != nil {
			if form, ok := stringForms[t.Kind()]; ok {
				return form, true
			}
		}
	}
	return "", false
}

// stringForms are the patterns of the texts to which string() converts values of other types. The kind of numbers is
// that of objects.
var stringForms = map[types.Kind]string{
	types.StructKind: `(?:-?[0-9]+(?:\.[0-9]+)?)`, types.BoolKind: `(?:true|false)`,
	types.TimestampKind: `(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z)`,
	types.DurationKind:  `(?:-?[0-9]+(?:\.[0-9]+)?s)`,
}

func (c *literalCheck) formOfSlots(o operand) (string, bool) {
	var forms []string
	for _, r := range o.slots {
		s := c.slot(r)
		switch {
		case o.open || o.list || s.Kind == condition.Number:
			return "", false
		case len(s.Patterns) > 0:
			forms = append(forms, "(?:"+s.Patterns[0]+")")
		case len(s.Examples) > 0:
			for _, option := range s.Examples {
				forms = append(forms, regexp.QuoteMeta(option))
			}
		default:
			return "", false
		}
	}
	return "(?:" + strings.Join(forms, "|") + ")", true
}

// checkIndex reports an index that no list of the slot's choices has.
func (c *literalCheck) checkIndex(e ast.Expr, bound map[string]operand) {
	args := e.AsCall().Args()
	if index := withoutConversion(args[1]); c.isList(args[0]) && !c.mayBeNumber(index) {
		types := []string{"list", typeWords(cel.FormatCELType(c.types[index.ID()]))[0]}
		c.reportNever(e, reason{"no_overload", map[string]any{"operator": "[ ]", "types": types}})
		return
	}
	size := 0
	if o := c.operand(args[0], bound); o.list && !o.open && len(o.fallback) == 0 {
		for _, s := range o.slots {
			size = max(size, c.slot(s).MaxChoices)
		}
	} else if args[0].Kind() == ast.ListKind {
		size = args[0].AsList().Size()
	}
	values, known := c.examples(args[1], bound)
	if size == 0 || !known || len(values) == 0 {
		return
	}
	for _, v := range values {
		i, isIndex := v.(types.Int)
		if n, ok := v.(*number); ok {
			i, isIndex = n.index()
		}
		if isIndex && i >= 0 && int(i) < size {
			return
		}
	}
	c.reportNever(args[1], reason{code: "index"})
}

// withoutConversion returns the argument of a conversion to an index, or e.
func withoutConversion(e ast.Expr) ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == toIndex {
		return e.AsCall().Args()[0]
	}
	return e
}

func (c *literalCheck) isList(e ast.Expr) bool {
	t := c.types[e.ID()]
	return t != nil && t.Kind() == types.ListKind
}

// mayBeNumber reports whether the value of an expression can be a number.
func (c *literalCheck) mayBeNumber(e ast.Expr) bool {
	t := c.types[e.ID()]
	return t == nil || t.IsExactType(numberType) || t.IsExactType(cel.IntType) || t.Kind() == types.DynKind
}

// examples returns the texts that an expression can be, or a number that it can be. It returns false if they are not
// known.
func (c *literalCheck) examples(e ast.Expr, bound map[string]operand) ([]ref.Val, bool) {
	if e.Kind() == ast.LiteralKind {
		return []ref.Val{e.AsLiteral()}, true
	}
	if inner := hidden(e); inner != nil {
		return c.examples(inner, bound)
	}
	switch o := c.operand(e, bound); {
	case len(o.slots) > 0:
		return c.examplesOfSlots(o)
	case len(o.fallback) > 0 && !o.open && !o.list:
		return o.fallback, true
	case e.Kind() != ast.CallKind:
		return nil, false
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.Add:
		return c.examplesOfSum(args, bound)
	case toIndex:
		return c.examples(args[0], bound)
	}
	return nil, false
}

func (c *literalCheck) examplesOfSlots(o operand) (values []ref.Val, known bool) {
	if o.open || o.list {
		return nil, false
	}
	for _, s := range o.slots {
		slot := c.slot(s)
		if len(slot.Examples) == 0 {
			return nil, false
		}
		for _, text := range slot.Examples {
			if slot.Kind == condition.Number {
				values = append(values, numberOf(decimal.Decimal(text)))
			} else {
				values = append(values, types.String(text))
			}
		}
	}
	return values, len(values) <= maxExamples
}

// examplesOfSum returns the texts that two texts give one after the other.
func (c *literalCheck) examplesOfSum(args []ast.Expr, bound map[string]operand) (values []ref.Val, known bool) {
	first, known1 := c.examples(args[0], bound)
	second, known2 := c.examples(args[1], bound)
	if !known1 || !known2 || len(first)*len(second) > maxExamples {
		return nil, false
	}
	for _, a := range first {
		for _, b := range second {
			x, ok1 := a.(types.String)
			y, ok2 := b.(types.String)
			if !ok1 || !ok2 {
				return nil, false
			}
			values = append(values, x+y)
		}
	}
	return values, true
}

func (c *literalCheck) nameOf(s slotRef) string { return c.steps[s.step].Key + "." + c.slot(s).Name }

// reportNever reports an expression that fails for all values.
func (c *literalCheck) reportNever(e ast.Expr, why reason) {
	line, column := c.position(e.ID())
	c.impossible = append(c.impossible, impossible{c.newFinding(e.ID(), codeType, why), line, column})
}
