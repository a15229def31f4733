// Package api holds the contract in its several forms, and the server code generated from it. Its subpackage client is
// the generated Go client. Both come from the rendition in OpenAPI 3.0, since the generator reads that version best.
package api

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"
)

//go:generate go run ../cmd/contractctl json ../openapi.yaml openapi.gen.json
//go:generate go run ../cmd/contractctl downgrade ../openapi.yaml openapi-3.0.gen.json
//go:generate go run ../cmd/contractctl compress ../openapi.yaml openapi.gen.yaml.gz
//go:generate go run ../cmd/contractctl compress openapi-3.0.gen.json openapi-3.0.gen.json.gz
//go:generate go run ../cmd/contractctl downgrade --unused ../openapi.yaml codegen.json
//go:generate go tool oapi-codegen -config server.cfg.yaml codegen.json
//go:generate go tool oapi-codegen -config client/client.cfg.yaml codegen.json
//go:generate rm codegen.json

// ContractJSON is the contract as JSON, with the members in the same order.
//
//go:embed openapi.gen.json
var ContractJSON []byte

var (
	//go:embed openapi.gen.yaml.gz
	contract []byte
	//go:embed openapi-3.0.gen.json.gz
	contract30 []byte
)

// Contract returns the bytes of openapi.yaml. Callers must not change them.
var Contract = decompressed(contract)

// Contract30JSON returns the contract in OpenAPI 3.0.3, as JSON. Callers must not change it.
var Contract30JSON = decompressed(contract30)

// decompressed returns a function that decompresses a file at the first call. Few processes are ever asked for these
// files, which would take 700 KB of the program.
func decompressed(file []byte) func() []byte {
	return sync.OnceValue(func() []byte {
		r, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			panic("api: " + err.Error()) // the file is a part of the program
		}
		text, err := io.ReadAll(r)
		if err != nil {
			panic("api: " + err.Error())
		}
		return text
	})
}
