package http

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
)

// parsedBody is the body of a request that has been parsed and conforms to the contract. The generated handlers decode
// it from the tree.
type parsedBody struct{ document *jsondoc.Node }

var _ api.ParsedBody = parsedBody{}

// Read returns io.EOF, since the body has been read.
func (parsedBody) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing.
func (parsedBody) Close() error { return nil }

// Decode stores the body in the value that a pointer points to. It fails only for integers that are not written as such
// or have more than 64 bits, since nothing else that conforms to the contract is unlike the generated type.
func (b parsedBody) Decode(pointer any) error {
	return decode(b.document, reflect.ValueOf(pointer).Elem())
}

// decode stores a JSON value in a Go value as encoding/json does, except that the names of members are exact and that
// raw JSON is not copied.
func decode(n *jsondoc.Node, v reflect.Value) error {
	switch into := v.Addr().Interface().(type) {
	case *api.Values:
		*into = rawMembers(n)
		return nil
	case *json.RawMessage:
		*into = n.Raw
		return nil
	case json.Unmarshaler:
		return into.UnmarshalJSON(n.Raw)
	}
	if n.Kind == jsondoc.Null {
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(n, v.Elem())
	case reflect.String:
		v.SetString(n.Text)
		return nil
	case reflect.Bool:
		v.SetBool(n.Bool)
		return nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(n.Text, 10, v.Type().Bits())
		if err != nil {
			return &json.UnmarshalTypeError{Value: "number " + n.Text, Type: v.Type(), Offset: int64(n.Offset)}
		}
		v.SetInt(i)
		return nil
	case reflect.Slice:
		return decodeItems(n, v)
	case reflect.Map:
		return decodeMap(n, v)
	case reflect.Struct:
		return decodeStruct(n, v)
	}
	return &json.UnmarshalTypeError{Value: n.Kind.String(), Type: v.Type(), Offset: int64(n.Offset)}
}

// rawMembers returns the raw values of an object by name.
func rawMembers(n *jsondoc.Node) api.Values {
	if n.Kind != jsondoc.Object {
		return nil
	}
	values := make(api.Values, len(n.Members))
	for _, m := range n.Members {
		values[m.Name] = m.Value.Raw
	}
	return values
}

func decodeItems(n *jsondoc.Node, v reflect.Value) error {
	v.Set(reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		if err := decode(item, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(n *jsondoc.Node, v reflect.Value) error {
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Members)))
	for _, m := range n.Members {
		value := reflect.New(v.Type().Elem()).Elem()
		if err := decode(m.Value, value); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(m.Name).Convert(v.Type().Key()), value)
	}
	return nil
}

func decodeStruct(n *jsondoc.Node, v reflect.Value) error {
	indexes := fieldsOf(v.Type())
	for _, m := range n.Members {
		i, ok := indexes[m.Name]
		if !ok {
			continue
		}
		if err := decode(m.Value, v.Field(i)); err != nil {
			return within(m.Name, err)
		}
	}
	return nil
}

// within adds the name of a member to the field of an error. Like that of encoding/json, a field has no indexes.
func within(name string, err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		wrongType.Field = strings.TrimSuffix(name+"."+wrongType.Field, ".")
	}
	return err
}

// structFields holds the results of fieldsOf.
var structFields sync.Map

// fieldsOf returns the indexes of the fields of a struct by the names of their members.
func fieldsOf(t reflect.Type) map[string]int {
	if known, ok := structFields.Load(t); ok {
		return known.(map[string]int) //nolint:forcetypeassert // the map holds nothing else
	}
	indexes := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		indexes[name] = i
	}
	structFields.Store(t, indexes)
	return indexes
}
