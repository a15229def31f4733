package storage

import (
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/schema"
)

// MadeObjects returns the objects of a file that schemactl generate wrote.
func MadeObjects(file []byte) ([]verify.Object, error) {
	made, err := schema.ParseObjects(file)
	if err != nil {
		return nil, err
	}
	all := make([]verify.Object, len(made))
	for i, o := range made {
		all[i] = verify.Object(o)
	}
	return all, nil
}
