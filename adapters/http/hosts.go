package http

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Hosts decides which Host headers name this server. It protects against DNS rebinding: a foreign page whose name
// resolves to this machine could otherwise use the service from the browser of somebody who can reach it. The zero
// value accepts every header.
type Hosts struct {
	names    []string // in the form that hostOf returns; nil accepts every header
	loopback bool     // any address of the loopback network is this server's own
}

// ErrHost means that a name given to NewHosts is neither a host name nor an IP address.
var ErrHost = errors.New("not a host")

// NewHosts returns the hosts of a server: localhost, the host that it was told to listen on, and further names. If it
// listens on the loopback network only, every loopback address is one of them. Elsewhere, without further names, every
// Host header is accepted, because the names of the machine are not known. Ports of names are ignored.
func NewHosts(listen string, loopback bool, more []string) (Hosts, error) {
	h := Hosts{loopback: loopback}
	for _, name := range more {
		host, ok := hostOf(name)
		if addr, err := netip.ParseAddr(name); err == nil { // an IPv6 address without brackets
			host, ok = addr.WithZone("").Unmap().String(), true
		}
		if !ok {
			ascii, err := idna.Lookup.ToASCII(name)
			if host, ok = hostOf(ascii); err != nil || !ok {
				return Hosts{}, ErrHost
			}
		}
		h.names = append(h.names, host)
	}
	if !loopback && len(more) == 0 {
		return h, nil
	}
	if addr, err := netip.ParseAddr(listen); err == nil && !addr.IsUnspecified() {
		h.names = append(h.names, addr.WithZone("").Unmap().String())
	} else if host, ok := hostOf(listen); err != nil && ok {
		h.names = append(h.names, host)
	}
	h.names = append(h.names, "localhost")
	return h, nil
}

// own reports whether a Host header names this server. A request without the header names no server.
func (h Hosts) own(header string) bool {
	if h.names == nil {
		return true
	}
	host, ok := hostOf(header)
	if !ok {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil && h.loopback && addr.IsLoopback() {
		return true
	}
	return slices.Contains(h.names, host)
}

// hostOf returns the host of a Host header (RFC 9110, section 7.2) without its port, in one form: names in lower case
// without the dot at the end, addresses without zone, IPv4 addresses never as IPv6. It returns false if the header is
// malformed.
func hostOf(header string) (host string, ok bool) {
	if literal, found := strings.CutPrefix(header, "["); found {
		literal, port, closed := strings.Cut(literal, "]")
		addr, err := netip.ParseAddr(strings.Replace(literal, "%25", "%", 1)) // RFC 6874
		return addr.WithZone("").Unmap().String(), closed && isPort(port) && err == nil && addr.Is6()
	}
	name, port := header, ""
	if i := strings.IndexByte(header, ':'); i >= 0 {
		name, port = header[:i], header[i:]
	}
	name = strings.TrimSuffix(lowerASCII(name), ".")
	if name == "" || !isPort(port) || strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }) {
		return "", false
	}
	return name, true
}

// isPort reports whether text is empty or a colon with the digits of a port, which may be missing.
func isPort(text string) bool {
	return text == "" || text[0] == ':' && strings.Trim(text[1:], "0123456789") == ""
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_'
}

// lowerASCII converts the letters A to Z to lower case. Other characters, such as the Kelvin sign, stay.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
