package auditsink

import (
	"fmt"
	"net"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const dialTimeout = 10 * time.Second

// dialer returns a dialer that refuses addresses that are not public, unless allowPrivate is true. It checks the
// address after the host name is resolved, so that a public name cannot lead to a private address.
func dialer(allowPrivate bool) *net.Dialer {
	d := &net.Dialer{Timeout: dialTimeout}
	if !allowPrivate {
		d.Control = requirePublic
	}
	return d
}

// publicOnly refuses private, loopback, link-local and multicast addresses, and all other addresses in IANA's
// registries of special-purpose addresses.
var publicOnly = ssrf.New(ssrf.WithAnyPort(), ssrf.WithNetworks("tcp4", "tcp6", "udp4", "udp6"))

func requirePublic(network, address string, c syscall.RawConn) error {
	if err := publicOnly.Safe(network, address, c); err != nil {
		return fmt.Errorf("%w; --audit-sink-allow-private allows sinks at addresses that are not public", err)
	}
	return nil
}
