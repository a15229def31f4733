package main

import (
	"os"
	"path/filepath"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/fault"
)

// ownFile is a file that a flag names and that no output may be written to.
type ownFile struct{ flag, path string }

// files returns the files of the database.
func (d database) files() (all []ownFile) {
	if path, err := sqlite.Path(d.DatabaseURL); err == nil {
		for _, name := range sqlite.Files(path) {
			all = append(all, ownFile{"--database-url", name})
		}
	}
	return append(all, ownFile{"--database-password-file", d.DatabasePasswordFile})
}

// checkOutput returns an error if a file to which a flag lets the program write is one of its own files.
func checkOutput(flag, path string, own []ownFile) error {
	for _, o := range own {
		if o.path != "" && isSameFile(path, o.path) {
			return failure("own_file", fault.Params{"flag": flag, "file": path, "other": o.flag})
		}
	}
	return nil
}

// isSameFile reports whether two paths name the same file, which may not exist yet.
func isSameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	if err == nil && err2 == nil {
		return os.SameFile(one, other)
	}
	absA, err := filepath.Abs(a)
	absB, err2 := filepath.Abs(b)
	return err == nil && err2 == nil && absA == absB
}

// checkSinkFiles returns an error if a sink would write to a file of the server.
func (c serveCmd) checkSinkFiles() error {
	own := append(c.files(), ownFile{"--audit-key-file", c.AuditKeyFile}, ownFile{"--secrets-key-file", c.SecretsKeyFile},
		ownFile{"--tokens", c.Tokens}, ownFile{"--oidc-client-secret-file", c.OIDCClientSecretFile})
	for _, address := range c.AuditSink {
		path, isFile := auditsink.FilePath(address)
		if !isFile {
			continue
		}
		if err := checkOutput("--audit-sink", path, own); err != nil {
			return err
		}
	}
	return nil
}
