package http

import (
	"context"
	"net/url"
)

// paged adds the link to the next page, if there is one.
func (s *server) paged(ctx context.Context, a answer, next string) answer {
	if u := callOf(ctx).url; next != "" && u != nil {
		a = a.with("Link", nextLink(u, next))
	}
	return a.with("Cache-Control", revalidate)
}

// nextLink is the Link header of a page that has a next one (RFC 8288).
func nextLink(u *url.URL, next string) string {
	query := u.Query()
	query.Set("cursor", next)
	return "<" + u.EscapedPath() + "?" + query.Encode() + `>; rel="next"`
}
