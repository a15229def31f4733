package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Object is a part of the schema of a database, such as a table, a column or a trigger. The name of a part of a table
// begins with the table and a point. The definition is text of the database's own.
type Object struct {
	Kind, Name, Definition string
}

// WriteObjects returns the text of a file of objects: one line for each, which is a JSON array.
func WriteObjects(all []Object) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for _, o := range all {
		if err := e.Encode([]string{o.Kind, o.Name, o.Definition}); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// ParseObjects reads what WriteObjects has written.
func ParseObjects(text []byte) (all []Object, err error) {
	for line := range bytes.Lines(text) {
		var o [3]string
		if err := json.Unmarshal(line, &o); err != nil {
			return nil, fmt.Errorf("objects of the schema: %w", err)
		}
		all = append(all, Object{o[0], o[1], o[2]})
	}
	return all, nil
}
