package encoding

import (
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
