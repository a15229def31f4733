package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// me is the response body, Me in the contract.
type me struct {
	Actor       string        `json:"actor"`
	Via         access.Via    `json:"via"`
	Name        string        `json:"name,omitempty"`
	Issuer      string        `json:"issuer,omitempty"`
	Roles       []string      `json:"roles"`
	Permissions []string      `json:"permissions"`
	Groups      []string      `json:"groups"`
	Agent       *access.Agent `json:"agent,omitempty"`
	ExpiresAt   string        `json:"expires_at,omitempty"`
}

// GetMe handles GET /me.
func (s *server) GetMe(ctx context.Context, _ api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	p, err := s.as(ctx).Me(ctx)
	if err != nil {
		return nil, err
	}
	body := me{
		Actor: p.ID, Via: p.Via, Name: p.Name, Issuer: p.Issuer, Roles: p.Roles.Names(), Permissions: []string{},
		Groups: p.Groups, Agent: p.Agent,
	}
	for _, to := range access.Permissions() {
		if _, err := p.Admit(to); err == nil {
			body.Permissions = append(body.Permissions, to.String())
		}
	}
	if body.Groups == nil {
		body.Groups = []string{}
	}
	if !p.Expires.IsZero() {
		body.ExpiresAt = p.Expires.UTC().Format(audit.TimeFormat)
	}
	return jsonResponse(http.StatusOK, body, map[string]string{"Cache-Control": cacheNever})
}
