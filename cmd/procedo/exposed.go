package main

import (
	"io/fs"
	"log/slog"
	"os"
	"runtime"

	"github.com/procedo/procedo/adapters/sqlite"
)

// warnOfExposedFiles logs which existing files with values or keys other users of this machine can read or write. New
// files are for their owner only; the mode of an existing one may be intended, so it stays.
func (c serveCmd) warnOfExposedFiles(log *slog.Logger) {
	if runtime.GOOS == "windows" { // there, the mode does not say who can read a file
		return
	}
	files := []string{c.AuditKeyFile, c.OIDCClientSecretFile}
	if path, err := sqlite.Path(c.DatabaseURL); err == nil {
		files = append(files, sqlite.Files(path)...)
	}
	const others fs.FileMode = 0o077
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.Mode().Perm()&others != 0 {
			log.Warn("other users of this machine can open a file that holds values or keys; chmod 600 makes it private",
				"file", name, "mode", info.Mode().Perm())
		}
	}
}
