package http

import (
	"context"
	"net/http"
	"strings"

	"github.com/procedo/procedo/api"
)

// resourceMetadataPath is the path of the metadata of RFC 9728, section 3.
const resourceMetadataPath = "/.well-known/oauth-protected-resource"

// ReadResourceMetadata handles GET /.well-known/oauth-protected-resource. Where nobody is authenticated, there is none.
func (s *server) ReadResourceMetadata(
	ctx context.Context, _ api.ReadResourceMetadataRequestObject,
) (api.ReadResourceMetadataResponseObject, error) {
	if s.authenticator == nil {
		return nil, protocolError{http.StatusNotFound, "request.not_found", nil}
	}
	origin := callOf(ctx).origin
	metadata := api.ResourceMetadata{
		Resource: origin, ResourceName: "Procedo", ResourceDocumentation: origin + "/docs/",
		AuthorizationServers: s.issuers, BearerMethodsSupported: []string{"header"},
	}
	return jsonResponse(http.StatusOK, metadata, map[string]string{"Cache-Control": cacheRevalidate})
}

// origin returns the scheme and the host under which the client reached the server. A proxy that ends TLS says so in
// X-Forwarded-Proto; what a client sets there itself only changes the addresses that the same client is shown.
func origin(r *http.Request) string {
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	if r.TLS != nil || strings.EqualFold(strings.TrimSpace(proto), "https") {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
