//go:build unix

package secrets

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// isOpen reports whether users other than the service's can open a file.
func isOpen(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && isOpenTo(info.Mode().Perm(), int(owner.Uid))
}

// isOpenTo reports whether users other than the service's can open a file with a mode and an owner. Credentials of
// systemd and secrets of containers belong to root, and only a group or an access list lets the service read them. The
// bits of the group then also stand for the access list (man acl, "Correspondence between ACL entries and file
// permission bits"). For key files, libpq has the same rule (its documentation, "Client Certificates").
func isOpenTo(mode fs.FileMode, owner int) bool {
	const root, byAnybody, byGroup = 0, 0o077, 0o040
	allowed := fs.FileMode(0)
	if owner == root {
		allowed = byGroup
	}
	return mode&byAnybody&^allowed != 0
}

// keepOwner gives a file the owner that another has: the administrator may change the keyset of the service's user.
func keepOwner(file *os.File, other fs.FileInfo) error {
	owner, ok := other.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}

// syncFolder returns after the names in a folder are on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
