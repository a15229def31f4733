package main

import (
	"log/slog"
	"net"
	"os"
)

// notifyVariable names the socket on which the service manager wants to be told the state of the service (systemd,
// sd_notify(3)).
const notifyVariable = "NOTIFY_SOCKET"

// What the service manager is told.
const (
	notifyReady    = "READY=1"
	notifyStopping = "STOPPING=1"
)

// notify tells the service manager the state of the service, if it wants to know. A failure is only logged.
func notify(state string, log *slog.Logger) {
	address := os.Getenv(notifyVariable)
	if address == "" {
		return
	}
	// A name that begins with @ is in the abstract namespace, which net writes in the same way.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		log.Warn("the service manager cannot be told the state of the service", "error", err)
		return
	}
	defer conn.Close() //nolint:errcheck // the datagram was sent or not
	if _, err := conn.Write([]byte(state)); err != nil {
		log.Warn("the service manager cannot be told the state of the service", "error", err)
	}
}
