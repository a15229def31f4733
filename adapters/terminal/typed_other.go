//go:build !unix

package terminal

import "os"

// sendSignals does nothing, because terminals of this system have no such mode.
func sendSignals(*os.File) error { return nil }

// discardTyped returns false, because typed input cannot be looked for without waiting on this system.
func discardTyped(*os.File) bool { return false }
