//go:build linux || darwin

package sqlite

import "golang.org/x/sys/unix"

// readable returns an error if the file cannot be read.
func readable(path string) error { return unix.Access(path, unix.R_OK) }

// writable returns an error if the file cannot be written.
func writable(path string) error { return unix.Access(path, unix.W_OK) }

// freeSpace returns the number of bytes that may still be written to the disk of a directory.
func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // a block has a positive size
}
