// Package api holds the contract in its several forms, and the server code generated from it. Its subpackage client is
// the generated Go client. Both come from the rendition in OpenAPI 3.0, since the generator reads that version best.
package api

import _ "embed"

//go:generate cp ../openapi.yaml openapi.gen.yaml
//go:generate go run ../cmd/contractctl json ../openapi.yaml openapi.gen.json
//go:generate go run ../cmd/contractctl downgrade ../openapi.yaml openapi-3.0.gen.json
//go:generate go run ../cmd/contractctl downgrade --unused ../openapi.yaml codegen.json
//go:generate go tool oapi-codegen -config server.cfg.yaml codegen.json
//go:generate go tool oapi-codegen -config client/client.cfg.yaml codegen.json
//go:generate rm codegen.json

// Contract holds the bytes of openapi.yaml.
//
//go:embed openapi.gen.yaml
var Contract []byte

// ContractJSON is the contract as JSON, with the members in the same order.
//
//go:embed openapi.gen.json
var ContractJSON []byte

// Contract30JSON is the contract in OpenAPI 3.0.3, as JSON.
//
//go:embed openapi-3.0.gen.json
var Contract30JSON []byte
