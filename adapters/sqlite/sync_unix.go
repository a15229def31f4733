//go:build unix

package sqlite

import "os"

func syncFile(file *os.File) error { return file.Sync() }
