package http

import (
	"context"
	"maps"
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
	return s.resourceMetadata(ctx, "")
}

// resourceMetadata returns the metadata of the API, or of what is mounted at a path of the server.
func (s *server) resourceMetadata(ctx context.Context, path string) (response, error) {
	if s.authenticator == nil {
		return response{}, protocolError{http.StatusNotFound, "request.not_found", nil}
	}
	origin := callOf(ctx).origin
	metadata := api.ResourceMetadata{
		Resource: origin + path, ResourceName: "Procedo", ResourceDocumentation: origin + "/docs/",
		AuthorizationServers: s.issuers, BearerMethodsSupported: []string{"header"},
	}
	return jsonResponse(http.StatusOK, metadata, map[string]string{"Cache-Control": cacheRevalidate})
}

// mountMetadata mounts the metadata of each mount for assistants, at the path that RFC 9728, section 3.1, derives from
// that of the mount.
func (s *server) mountMetadata() {
	all := maps.Clone(s.mounts)
	for prefix, m := range s.mounts {
		if !m.Agents {
			continue
		}
		all[resourceMetadataPath+prefix] = Mount{
			Methods: func(string) []string { return []string{http.MethodGet, http.MethodHead} },
			Serve: func(w http.ResponseWriter, r *http.Request) error {
				answer, err := s.resourceMetadata(r.Context(), prefix)
				if err == nil {
					err = answer.write(w)
				}
				return err
			},
		}
	}
	s.mounts = all
}

// metadataOf returns the address of the metadata for whatever a request is for.
func (s *server) metadataOf(r *http.Request) string {
	address := callOf(r.Context()).origin + resourceMetadataPath
	if m, found := s.mountOf(r.URL.Path); found && m.Agents {
		address += m.prefix
	}
	return address
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
