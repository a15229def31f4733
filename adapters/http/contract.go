package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/procedo/procedo/api"
)

// contract holds the responses with the contract: openapi.yaml, its JSON form, and its rendition in OpenAPI 3.0.
type contract struct{ yaml, json, json30 response }

func newContract() contract {
	return contract{
		yaml:   fileResponse("application/yaml", api.Contract),
		json:   fileResponse("application/json", api.ContractJSON),
		json30: fileResponse("application/json", api.Contract30JSON),
	}
}

// fileResponse returns a response with a file that clients may cache and revalidate by its ETag.
func fileResponse(media string, body []byte) response {
	sum := sha256.Sum256(body)
	return response{http.StatusOK, map[string]string{
		"Content-Type": media, "Cache-Control": cacheRevalidate, "ETag": `"` + hex.EncodeToString(sum[:8]) + `"`,
	}, body}
}

// GetContractYAML handles GET /openapi.yaml.
func (s *server) GetContractYAML(
	context.Context, api.GetContractYAMLRequestObject,
) (api.GetContractYAMLResponseObject, error) {
	return s.contract.yaml, nil
}

// GetContractJSON handles GET /openapi.json.
func (s *server) GetContractJSON(
	context.Context, api.GetContractJSONRequestObject,
) (api.GetContractJSONResponseObject, error) {
	return s.contract.json, nil
}

// GetContract30JSON handles GET /openapi-3.0.json.
func (s *server) GetContract30JSON(
	context.Context, api.GetContract30JSONRequestObject,
) (api.GetContract30JSONResponseObject, error) {
	return s.contract.json30, nil
}
