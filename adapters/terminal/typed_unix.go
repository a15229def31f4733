//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// sendSignals makes Ctrl-C at a terminal in raw mode send a signal, instead of being read as input.
func sendSignals(in *os.File) error {
	mode, err := unix.IoctlGetTermios(int(in.Fd()), getMode)
	if err != nil {
		return err
	}
	mode.Lflag |= unix.ISIG
	return unix.IoctlSetTermios(int(in.Fd()), setMode, mode)
}

// discardTyped reads what was typed at a terminal in raw mode, and reports whether there was anything.
func discardTyped(in *os.File) (found bool) {
	buf := make([]byte, 4096)
	for {
		ready := []unix.PollFd{{Fd: int32(in.Fd()), Events: unix.POLLIN}} //nolint:gosec // descriptors are small
		if n, err := unix.Poll(ready, 0); err != nil || n < 1 || ready[0].Revents&unix.POLLIN == 0 {
			return found
		}
		if n, err := in.Read(buf); err != nil || n == 0 {
			return found
		}
		found = true
	}
}
