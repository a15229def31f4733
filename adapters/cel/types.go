package cel

import (
	"maps"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/procedo/procedo/core/condition"
)

// provider adds the types of the steps, objects with a field for each slot, and of the run.
type provider struct {
	types.Provider
	scope *scope
}

// FindStructType returns the type of a step, of the run, or of CEL.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.scope.stepOf(name); ok || name == runType {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldType returns the type of a slot, of the run's metadata, or of a field of CEL's own types.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name == runType && field == "metadata" {
		return &types.FieldType{Type: types.NewMapType(types.StringType, types.DynType)}, true
	}
	i, ok := p.scope.stepOf(name)
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	j, ok := p.scope.slots[i][field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: typeOf(p.scope.steps[i].Slots[j].Kind)}, true
}

func typeOf(k condition.Kind) *types.Type {
	switch k {
	case condition.Integer:
		return types.IntType
	case condition.Double:
		return types.DoubleType
	case condition.Boolean:
		return types.BoolType
	case condition.Timestamp:
		return types.TimestampType
	case condition.List:
		return types.NewListType(types.StringType)
	default:
		return types.StringType
	}
}

// adapter limits the length of texts and sorts the keys of maps, which only metadata has: an iteration over a map then
// gives the same result every time.
type adapter struct{ types.Adapter }

// NativeToValue converts a Go value to a value of CEL.
func (a adapter) NativeToValue(value any) ref.Val {
	switch value := value.(type) {
	case map[string]any:
		return sortedMap{types.NewStringInterfaceMap(a, value), value}
	case string:
		if len(value) > maxText {
			return types.NewErr("the text is longer than %d bytes", maxText)
		}
	}
	return a.Adapter.NativeToValue(value)
}

// sortedMap is a map that is iterated over in the order of its keys.
type sortedMap struct {
	traits.Mapper
	members map[string]any
}

// Iterator returns an iterator over the sorted keys.
func (m sortedMap) Iterator() traits.Iterator {
	keys := slices.Sorted(maps.Keys(m.members))
	return types.NewStringList(types.DefaultTypeAdapter, keys).Iterator()
}
