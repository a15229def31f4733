//go:build !unix

package postgres

import "net"

// isQuiet cannot be answered here without a round trip; reads on a closed connection are repeated.
func isQuiet(net.Conn) bool { return true }
