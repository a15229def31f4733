// Package api is the server's side of the contract, generated from openapi.yaml; client beside it is the Go client.
package api

//go:generate go tool oapi-codegen -config server.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config client/client.cfg.yaml ../openapi.yaml
