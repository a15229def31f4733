package cel

import (
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// Sizes that an estimate assumes for values whose size the definition does not bound.
const (
	typicalText    = 1000 // code points of a text
	typicalMembers = 20   // members of a list or of the run's metadata
)

// Estimate returns the cost of an expression that compiles. It assumes that texts without a maximum length have 1,000
// code points, and that lists and the run's metadata have 20 members.
func (s *scope) Estimate(step int, source string) condition.Cost {
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return condition.Cost{}
	}
	checked, issues := s.environment().Check(parsed)
	if issues.Err() != nil {
		return condition.Cost{}
	}
	_, weight := r.checkRegexes(checked.NativeRep().Expr())
	estimate, err := s.environment().EstimateCost(checked, estimator{s})
	if err != nil {
		return condition.Cost{Weight: weight, Evaluation: maxCost}
	}
	return condition.Cost{Weight: weight, Evaluation: min(estimate.Max, maxCost)}
}

// estimator gives CEL the sizes of the values that expressions read.
type estimator struct{ scope *scope }

// EstimateCallCost returns nil: CEL estimates its own functions, and the others cost one unit.
func (estimator) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize returns the size of a value that an expression reads or computes. It returns nil for literals and for
// other values whose size CEL knows.
func (e estimator) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	if node.ComputedSize() != nil {
		return nil
	}
	size := cost.RangedSizeEstimate(0, e.usualSize(node))
	return &size
}

// usualSize returns the size of the values that a node usually has.
func (e estimator) usualSize(node cost.AstNode) uint64 {
	def, part := e.slotOf(node.Path())
	switch kind := node.Type().Kind(); {
	case def != nil && def.Kind == condition.List && !part:
		return uint64(max(def.MaxChoices, 0))
	case def != nil && def.Kind == condition.Text && def.MaxLength > 0:
		return uint64(def.MaxLength)
	case len(node.Path()) > 0 && node.Path()[0] == runVariable:
		return typicalMembers
	case kind == types.StringKind || kind == types.BytesKind || kind == types.DynKind:
		return typicalText
	case kind == types.ListKind || kind == types.MapKind:
		return typicalMembers
	}
	return 1
}

// slotOf returns the slot that a path begins with, or nil. The part is true if the path leads to a part of its value.
func (e estimator) slotOf(path []string) (def *condition.Slot, part bool) {
	if len(path) < 2 {
		return nil, false
	}
	step, ok := e.scope.stepOf(path[0])
	if !ok {
		return nil, false
	}
	slot, ok := e.scope.slots[step][path[1]]
	if !ok {
		return nil, false
	}
	return &e.scope.steps[step].Slots[slot], len(path) > 2
}
