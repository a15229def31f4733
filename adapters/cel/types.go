package cel

import (
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/procedo/procedo/core/condition"
)

// provider knows the steps' object types: a field for each slot.
type provider struct {
	types.Provider
	scope *scope
}

// FindStructType knows the types of the steps and of the run.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.scope.stepOf(name); ok || name == runType {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldType gives a slot its type.
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

// adapter bounds texts, and shows maps, which only metadata has, in the order of their keys: what is iterated decides the same each time.
type adapter struct{ types.Adapter }

func (a adapter) NativeToValue(value any) ref.Val {
	switch value := value.(type) {
	case map[string]any:
		return orderedMap{types.NewStringInterfaceMap(a, value), value}
	case string:
		if len(value) > maxText {
			return types.NewErr("a text of more than %d bytes", maxText)
		}
	}
	return a.Adapter.NativeToValue(value)
}

type orderedMap struct {
	traits.Mapper
	members map[string]any
}

// Iterator goes through the keys in their order.
func (m orderedMap) Iterator() traits.Iterator {
	keys := make([]string, 0, len(m.members))
	for k := range m.members {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return types.NewStringList(types.DefaultTypeAdapter, keys).Iterator()
}
