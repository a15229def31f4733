//go:build unix

package secrets

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoCanOpenAFile(t *testing.T) {
	const root, service = 0, 1000
	for _, c := range []struct {
		mode  fs.FileMode
		owner int
		open  bool
	}{
		{0o600, service, false},
		{0o400, service, false},
		{0o640, service, true},
		{0o604, service, true},
		{0o400, root, false},
		{0o440, root, false}, // systemd's LoadCredential= with DynamicUser=
		{0o640, root, false},
		{0o460, root, true},
		{0o450, root, true},
		{0o444, root, true},
		{0o442, root, true},
		{0o440, service, true},
	} {
		require.Equal(t, c.open, isOpenTo(c.mode, c.owner), "%+v", c)
	}
}
