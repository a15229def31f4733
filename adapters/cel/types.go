package cel

import (
	"errors"
	"maps"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/procedo/procedo/core/condition"
)

// provider extends CEL's types with an object type for the run and one for each step. A step's type has a field for
// each of its slots.
type provider struct {
	types.Provider
	scope *scope
}

// FindStructType returns a type of CEL, or the type of a step or of the run.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.scope.stepOf(name); ok || name == runType {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	if name == numberName && p.scope.exact {
		return types.NewTypeTypeWithParam(numberType), true // it has no fields
	}
	return p.Provider.FindStructType(name)
}

// FindIdent returns the type of exact numbers, or an identifier of CEL.
func (p *provider) FindIdent(name string) (ref.Val, bool) {
	if name == numberName && p.scope.exact {
		return numberType, true
	}
	return p.Provider.FindIdent(name)
}

// FindStructFieldType returns the type of a slot, of the run's metadata, or of a field of one of CEL's own types.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name == runType && field == "metadata" {
		return &types.FieldType{
			Type:    types.NewMapType(types.StringType, types.DynType),
			IsSet:   func(any) bool { return true },
			GetFrom: func(variable any) (any, error) { return valuesOf(variable).Metadata(), nil },
		}, true
	}
	i, ok := p.scope.stepOf(name)
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	j, ok := p.scope.slots[i][field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type:  typeOf(p.scope.steps[i].Slots[j].Kind),
		IsSet: func(variable any) bool { return valuesOf(variable).Value(i, j) != nil },
		GetFrom: func(variable any) (any, error) {
			if value := valuesOf(variable).Value(i, j); value != nil {
				return celValue(value), nil
			}
			return nil, errors.New("no such key: " + field)
		},
	}, true
}

// valuesOf returns the values for which a variable stands; see activation.
func valuesOf(variable any) condition.Values {
	values, _ := variable.(condition.Values)
	return values
}

func typeOf(k condition.Kind) *types.Type {
	switch k {
	case condition.Integer:
		return types.IntType
	case condition.Double:
		return types.DoubleType
	case condition.Number:
		return numberType
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

// adapter limits the length of texts and sorts the keys of maps, so that an iteration over a map always gives the same
// result. Only the run's metadata contains maps. If exact is set, its numbers become exact decimals.
type adapter struct {
	types.Adapter
	exact bool
}

// NativeToValue converts a Go value to a value of CEL.
func (a adapter) NativeToValue(value any) ref.Val {
	switch value := value.(type) {
	case map[string]any:
		return sortedMap{types.NewStringInterfaceMap(a, value), value}
	case string:
		if len(value) > maxText {
			return textTooLong()
		}
	case float64:
		if a.exact {
			return numberOfFloat(value)
		}
	case []any:
		if a.exact {
			return types.NewDynamicList(a, value) // a list of the embedded adapter would hold doubles
		}
	}
	return a.Adapter.NativeToValue(value)
}

// sortedMap is a map whose iterator returns the keys in sorted order.
type sortedMap struct {
	traits.Mapper
	members map[string]any
}

// Iterator returns an iterator over the sorted keys.
func (m sortedMap) Iterator() traits.Iterator {
	keys := slices.Sorted(maps.Keys(m.members))
	return types.NewStringList(types.DefaultTypeAdapter, keys).Iterator()
}
