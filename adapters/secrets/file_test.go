package secrets_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/secrets"
)

func TestAKeysetFileIsPrivateAndIsNotReplacedByCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	k := generate(t)
	require.NoError(t, k.Create(path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	require.ErrorIs(t, generate(t).Create(path), fs.ErrExist)
	read, err := secrets.Load(path)
	require.NoError(t, err)
	require.Equal(t, k.Primary(), read.Primary())
}

func TestAKeysetFileThatOthersCanOpenIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, generate(t).Create(path))
	modes := []fs.FileMode{0o604, 0o620, 0o601}
	if os.Geteuid() != 0 { // see TestWhoCanOpenAFile
		modes = append(modes, 0o640)
	}
	for _, mode := range modes {
		require.NoError(t, os.Chmod(path, mode))
		_, err := secrets.Load(path)
		require.Equal(t, secrets.ModeError{Path: path, Mode: mode}, err)
	}
	require.NoError(t, os.Chmod(path, 0o400))
	_, err := secrets.Load(path)
	require.NoError(t, err, "a file that its owner can only read")
}

func TestReplaceKeepsTheFileOrReplacesIt(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "keys.json"), filepath.Join(folder, "link")
	k := generate(t)
	require.NoError(t, k.Create(path))
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, os.Chmod(path, 0o400))
	added, err := k.AddKey()
	require.NoError(t, err)
	require.NoError(t, added.Replace(link))
	read, err := secrets.Load(path)
	require.NoError(t, err)
	require.Equal(t, 2, read.Len(), "the file behind the link is replaced")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o400), info.Mode())
	names, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, names, 2, "no other file is left")
	require.ErrorIs(t, k.Replace(filepath.Join(folder, "none")), fs.ErrNotExist)
}
