package encoding

import (
	"cmp"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// decision is the JSON form of run.ConditionResult.
type decision struct {
	Condition  string           `json:"condition"`
	Expression string           `json:"expression"`
	Result     bool             `json:"result"`
	Values     map[string]typed `json:"values,omitempty"`
}

// readDecisions returns the results. The values that are hidden are counted and left out.
func readDecisions(all []decision, o audit.Opened) []run.ConditionResult {
	if len(all) == 0 {
		return nil
	}
	results := make([]run.ConditionResult, len(all))
	for i, d := range all {
		results[i] = run.ConditionResult{Condition: d.Condition, Expression: d.Expression, Result: d.Result}
		if len(d.Values) > 0 {
			results[i].Values = make(map[string]jsontext.Value, len(d.Values))
		}
		for name, value := range d.Values {
			if value.isHidden(o) {
				results[i].Hidden++
				continue
			}
			results[i].Values[name] = value.value
		}
	}
	return results
}

// conditions writes the results of conditions.
func (w *Encoder) conditions(results []run.ConditionResult) {
	if len(results) == 0 {
		return
	}
	w.name("decisions")
	w.out = append(w.out, '[')
	for i := range results {
		r := &results[i]
		w.comma('[')
		w.open()
		w.name("condition")
		w.quote(r.Condition)
		w.name("expression")
		w.quote(r.Expression)
		w.boolean("result", r.Result)
		w.valuesRead(i, r)
		w.close()
	}
	w.out = append(w.out, ']')
}

// valuesRead writes the values that the condition with the given index read.
func (w *Encoder) valuesRead(i int, r *run.ConditionResult) {
	if len(r.Values) == 0 {
		return
	}
	var buffer [8]string
	names := buffer[:0]
	for name := range r.Values {
		names = append(names, name)
	}
	slices.SortFunc(names, compareUTF16)
	w.name("values")
	w.open()
	for _, name := range names {
		w.key(name)
		w.placeAt("decisions")
		w.placeIndex(i)
		w.place = append(w.place, "/values"...)
		w.placeIn(name)
		w.typedJSON(r.Values[name])
	}
	w.close()
}

// compareUTF16 compares names as RFC 8785 sorts them: by their UTF-16 code units.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return cmp.Compare(firstUnit(x), firstUnit(y))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

// firstUnit returns a number that sorts a rune as its UTF-16 code units do: for a surrogate pair, both units as one.
func firstUnit(r rune) int64 {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return int64(high)<<16 | int64(low)
	}
	return int64(r) << 16
}

func (w *Encoder) divergences(all []run.Divergence) {
	if len(all) == 0 {
		return
	}
	w.name("divergences")
	w.out = append(w.out, '[')
	for i := range all {
		d := &all[i]
		w.comma('[')
		w.open()
		w.name("condition")
		w.quote(d.Condition)
		w.boolean("decided", d.Decided)
		w.name("expression")
		w.quote(d.Expression)
		w.boolean("now", d.Now)
		w.name("step")
		w.quote(d.Step)
		w.close()
	}
	w.out = append(w.out, ']')
}
