//go:build unix

package main

import "golang.org/x/sys/unix"

// maxOpenFiles returns how many files this process may open, or 0 if that is unknown.
func maxOpenFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return uint64(limit.Cur) //nolint:gosec,unconvert,nolintlint // signed on some systems, never negative
}
