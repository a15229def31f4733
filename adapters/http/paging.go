package http

import (
	"context"
	"net/url"
)

// paginated adds the headers of a page: a link to the next page, if there is one, and Cache-Control.
func (s *server) paginated(ctx context.Context, res response, next string) response {
	if u := callOf(ctx).url; next != "" && u != nil {
		res = res.withHeader("Link", nextLink(u, next))
	}
	return res.withHeader("Cache-Control", cacheRevalidate)
}

// nextLink returns a Link header (RFC 8288) that refers to the next page.
func nextLink(u *url.URL, next string) string {
	query := u.Query()
	query.Set("cursor", next)
	return "<" + u.EscapedPath() + "?" + query.Encode() + `>; rel="next"`
}
