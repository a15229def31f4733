package http

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPeerAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:80":              "192.0.2.1",
		"192.0.2.1:81":              "192.0.2.1",
		"[::ffff:192.0.2.1]:80":     "192.0.2.1",
		"[::1]:80":                  "::/64",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::1]:80": "2001:db8:1:2::/64",
		"[2001:db8:1:3:3:4:5:6]:80": "2001:db8:1:3::/64",
		"[fe80::1%eth0]:80":         "fe80::/64",
		"@":                         "@", // a Unix socket
		"":                          "",
	} {
		require.Equal(t, want, peerAddress(remote), remote)
	}
}
