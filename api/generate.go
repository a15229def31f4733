// Package api is the server's side of the contract, generated from openapi.yaml; client beside it is the Go client.
package api

import _ "embed"

//go:generate cp ../openapi.yaml openapi.gen.yaml
//go:generate go tool oapi-codegen -config server.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config client/client.cfg.yaml ../openapi.yaml

// Contract is openapi.yaml, byte for byte.
//
//go:embed openapi.gen.yaml
var Contract []byte
