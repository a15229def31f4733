//go:build !unix

package main

// maxOpenFiles returns 0: there is no limit that this program knows.
func maxOpenFiles() uint64 { return 0 }
