// Package api holds the server code generated from openapi.yaml. Its subpackage client is the generated Go client.
package api

import _ "embed"

//go:generate cp ../openapi.yaml openapi.gen.yaml
//go:generate go tool oapi-codegen -config server.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config client/client.cfg.yaml ../openapi.yaml

// Contract holds the bytes of openapi.yaml.
//
//go:embed openapi.gen.yaml
var Contract []byte
