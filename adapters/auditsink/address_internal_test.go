package auditsink

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyPublicAddressesAreAllowed(t *testing.T) {
	for address, public := range map[string]bool{
		"8.8.8.8":                true,
		"2606:4700:4700::1111":   true,
		"0.0.0.0":                false,
		"0.1.2.3":                false,
		"10.0.0.1":               false,
		"100.64.0.1":             false,
		"127.0.0.1":              false,
		"169.254.169.254":        false,
		"172.16.0.1":             false,
		"192.0.0.1":              false,
		"192.0.2.1":              false,
		"192.168.1.1":            false,
		"198.18.0.1":             false,
		"198.51.100.1":           false,
		"203.0.113.1":            false,
		"224.0.0.1":              false,
		"240.0.0.1":              false,
		"255.255.255.255":        false,
		"::":                     false,
		"::1":                    false,
		"::ffff:10.0.0.1":        false,
		"64:ff9b::a00:1":         false,
		"64:ff9b:1::1":           false,
		"100::1":                 false,
		"2001::1":                false,
		"2001:db8::1":            false,
		"2002:a00:1::":           false,
		"fc00::1":                false,
		"fd00::1":                false,
		"fe80::1":                false,
		"fe80::1%eth0":           false,
		"fec0::1":                false,
		"ff02::1":                false,
		"this is not an address": false,
	} {
		t.Run(address, func(t *testing.T) {
			for _, network := range []string{"tcp4", "tcp6", "udp4", "udp6"} {
				err := requirePublic(network, net.JoinHostPort(address, "6514"), nil)
				if public {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, "--audit-sink-allow-private")
				}
			}
		})
	}
}
