package torture

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/tests/containers"
)

// disk is a small file system that a test can fill. Only root can make one.
type disk struct{ folder string }

// mountDisk mounts a file system in memory of the given size, or skips the test.
func mountDisk(t *testing.T, size string) *disk {
	t.Helper()
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: a small disk needs the right to mount one: %v %s", err, out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", "--lazy", folder).Run()) })
	return &disk{folder}
}

func (d *disk) ballast() string { return filepath.Join(d.folder, "ballast") }

// fill writes until nothing more fits.
func (d *disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(d.ballast())
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else {
			require.NoError(t, err)
		}
	}
}

// free removes what fill has written.
func (d *disk) free(t *testing.T) {
	t.Helper()
	require.NoError(t, os.Remove(d.ballast()))
}

func onSmallDisk(t *testing.T) *deployment {
	t.Helper()
	disk := mountDisk(t, "1g")
	file := "sqlite:" + filepath.Join(disk.folder, "procedo.db")
	d := deploy(t, 1, file, file)
	d.disk = disk
	return d
}

func onSmallNode(t *testing.T) *deployment {
	t.Helper()
	disk := mountDisk(t, "2g")
	data := filepath.Join(disk.folder, "data")
	require.NoError(t, os.Mkdir(data, 0o700))
	node := containers.StartNode(t, containers.NodeConfig{Folder: data, Settings: []string{"max_wal_size=64MB"}})
	d := deploy(t, 1, restless(node.URL("postgres")), node.URL("postgres"))
	d.node, d.disk = node, disk
	return d
}
