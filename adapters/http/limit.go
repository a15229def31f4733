package http

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// RequestLimit limits the requests of each actor and each address.
type RequestLimit interface {
	// Take counts a request of the caller. If the allowance of its actor or address is used up, Take counts nothing and
	// returns what was exceeded. Otherwise exceeded is nil.
	Take(c app.Caller) (undo func(), exceeded *app.Exceeded)
}

// peerNetwork is the number of leading bits of an IPv6 address that identify a client: a client that has one address
// usually has all addresses of that network.
const peerNetwork = 64

// peerAddress returns the address that limits count requests by. It is that of the TCP peer. Headers such as
// X-Forwarded-For are ignored, because any client can set them.
func peerAddress(remote string) string {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	address := peer.Addr().Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, peerNetwork).Masked().String()
}

// limitRequest returns an error if the caller has sent too many requests. The health checks and the metrics are never
// limited.
func (s *server) limitRequest(r *http.Request) error {
	if s.requestLimit == nil {
		return nil
	}
	switch r.URL.Path {
	case "/livez", "/readyz", "/metrics":
		return nil
	}
	c := callOf(r.Context())
	if _, exceeded := s.requestLimit.Take(app.Caller{Actor: c.principal.Key(), Address: c.address}); exceeded != nil {
		return exceeded.Fault("rate.requests")
	}
	return nil
}

// setLimitHeaders sets the headers of a response to a caller whose allowance is used up: Retry-After, and RateLimit and
// RateLimit-Policy as in draft-ietf-httpapi-ratelimit-headers-10. The name of the policy is that of the problem and of
// what is counted, such as refusals-by-actor.
func setLimitHeaders(h http.Header, code string, params fault.Params) {
	name := fmt.Sprintf("%s-by-%v", strings.TrimPrefix(code, "rate."), params["per"])
	h.Set("Retry-After", fmt.Sprint(params["retry_after"]))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%v;w=60`, name, params["limit"]))
	h.Set("RateLimit", fmt.Sprintf(`"%s";r=0;t=%v`, name, params["retry_after"]))
}
