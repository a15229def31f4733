package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/procedo/procedo/api"
)

// contract is openapi.yaml in both forms, ready to be sent.
type contract struct{ yaml, json answer }

func newContract(doc *openapi3.T) (contract, error) {
	asJSON, err := doc.MarshalJSON()
	return contract{
		yaml: fileAnswer("application/yaml", api.Contract),
		json: fileAnswer("application/json", asJSON),
	}, err
}

func fileAnswer(media string, body []byte) answer {
	sum := sha256.Sum256(body)
	return answer{http.StatusOK, map[string]string{
		"Content-Type": media, "Cache-Control": revalidate, "ETag": `"` + hex.EncodeToString(sum[:8]) + `"`,
	}, body}
}

// GetContractYAML answers GET /openapi.yaml.
func (s *server) GetContractYAML(context.Context, api.GetContractYAMLRequestObject) (api.GetContractYAMLResponseObject, error) {
	return s.contract.yaml, nil
}

// GetContractJSON answers GET /openapi.json.
func (s *server) GetContractJSON(context.Context, api.GetContractJSONRequestObject) (api.GetContractJSONResponseObject, error) {
	return s.contract.json, nil
}
