//go:build !linux && !darwin

package sqlite

import "math"

// On these systems, a failed write shows that a file is read-only or a disk is full.

func readable(string) error { return nil }

func writable(string) error { return nil }

func freeSpace(string) (uint64, error) { return math.MaxUint64, nil }
