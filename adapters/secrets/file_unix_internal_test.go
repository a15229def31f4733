//go:build unix

package secrets

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoCanOpenAFile(t *testing.T) {
	const root, service, other = 0, 1000, 1001
	for _, c := range []struct {
		mode        fs.FileMode
		owner, user int
		open        bool
	}{
		{0o600, service, service, false},
		{0o400, service, service, false},
		{0o640, service, service, true},
		{0o604, service, service, true},
		{0o400, root, service, false},
		{0o440, root, service, false}, // systemd's LoadCredential= with DynamicUser=
		{0o640, root, service, false},
		{0o460, root, service, true},
		{0o450, root, service, true},
		{0o444, root, service, true},
		{0o442, root, service, true},
		{0o440, root, root, true}, // the group is somebody else
		{0o440, other, service, true},
	} {
		require.Equal(t, c.open, isOpenTo(c.mode, c.owner, c.user), "%+v", c)
	}
}
