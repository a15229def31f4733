//go:build unix

package postgres

import (
	"errors"
	"net"
	"syscall"
)

// isQuiet reports whether an idle connection is open and has nothing to read. A server that ends a connection says so
// and closes it, which is seen here without a round trip. It cannot see that a network or a server has stopped.
func isQuiet(conn net.Conn) bool {
	if encrypted, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = encrypted.NetConn()
	}
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var peeked error
	err = raw.Control(func(fd uintptr) {
		_, _, peeked = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return err == nil && (errors.Is(peeked, syscall.EAGAIN) || errors.Is(peeked, syscall.EWOULDBLOCK))
}
