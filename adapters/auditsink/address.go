package auditsink

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Networks beyond those that net/netip knows by name, to which nobody's data should go by mistake (IANA special-purpose registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

const dialTime = 10 * time.Second

// dialer connects to public addresses alone, unless told otherwise. What it looks at is the address that a name led to.
func dialer(allowPrivate bool) *net.Dialer {
	d := &net.Dialer{Timeout: dialTime}
	if !allowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error { return mayReach(address) }
	}
	return d
}

func mayReach(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	private := !ip.IsGlobalUnicast() || ip.IsPrivate()
	for _, p := range special {
		private = private || p.Contains(ip)
	}
	if private {
		return fmt.Errorf("%s is not a public address: --audit-sink-allow-private lets sinks be there", ip)
	}
	return nil
}
