package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/procedo/procedo/api"
)

// contract holds two responses: one with openapi.yaml, and one with its JSON form.
type contract struct{ yaml, json response }

func newContract(doc *openapi3.T) (contract, error) {
	asJSON, err := doc.MarshalJSON()
	return contract{
		yaml: fileResponse("application/yaml", api.Contract),
		json: fileResponse("application/json", asJSON),
	}, err
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
