package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"sync"

	"github.com/procedo/procedo/api"
)

// contract holds the responses with the contract: openapi.yaml, its JSON form, and its rendition in OpenAPI 3.0.
type contract struct{ yaml, json, json30 func() response }

func newContract() contract {
	return contract{
		yaml:   onDemand("application/yaml", api.Contract),
		json:   onDemand("application/json", func() []byte { return api.ContractJSON }),
		json30: onDemand("application/json", api.Contract30JSON),
	}
}

// fileResponse returns a response with a file that clients may cache and revalidate by its ETag.
func fileResponse(media string, body []byte) response {
	sum := sha256.Sum256(body)
	return response{http.StatusOK, map[string]string{
		"Content-Type": media, "Cache-Control": cacheRevalidate, "ETag": `"` + hex.EncodeToString(sum[:8]) + `"`,
	}, body}
}

// onDemand returns a function that makes the response with a file when it is first asked for.
func onDemand(media string, file func() []byte) func() response {
	return sync.OnceValue(func() response { return fileResponse(media, file()) })
}

// contractResponse returns a form of the contract, or 304 if the caller has it.
func contractResponse(form response, ifNoneMatch *string) response {
	if !matchesETag(ifNoneMatch, form.Header["ETag"]) {
		return form
	}
	header := maps.Clone(form.Header)
	delete(header, "Content-Type")
	return notModified(header)
}

// GetContractYAML handles GET /openapi.yaml.
func (s *server) GetContractYAML(
	_ context.Context, req api.GetContractYAMLRequestObject,
) (api.GetContractYAMLResponseObject, error) {
	return contractResponse(s.contract.yaml(), req.Params.IfNoneMatch), nil
}

// GetContractJSON handles GET /openapi.json.
func (s *server) GetContractJSON(
	_ context.Context, req api.GetContractJSONRequestObject,
) (api.GetContractJSONResponseObject, error) {
	return contractResponse(s.contract.json(), req.Params.IfNoneMatch), nil
}

// GetContract30JSON handles GET /openapi-3.0.json.
func (s *server) GetContract30JSON(
	_ context.Context, req api.GetContract30JSONRequestObject,
) (api.GetContract30JSONResponseObject, error) {
	return contractResponse(s.contract.json30(), req.Params.IfNoneMatch), nil
}
