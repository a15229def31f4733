package auditsink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/procedo/procedo/core/audit"
)

// file adds lines to a file, which is on the disk before they count as delivered. A file that is full is put aside under the next
// number; none is ever removed.
type file struct {
	name string
	path string
	most int64 // bytes; 0: no bound
}

const (
	defaultMegabytes = 100
	mostMegabytes    = 1 << 20
)

func newFile(u *url.URL) (*file, error) {
	path := u.Path
	if u.Opaque != "" {
		unescaped, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return nil, fmt.Errorf("audit sink %s: %w", name(u), err)
		}
		path = unescaped
	}
	if path == "" || u.Host != "" {
		return nil, fmt.Errorf("audit sink %s: want file:PATH", name(u))
	}
	if err := only(u, "max_megabytes"); err != nil {
		return nil, err
	}
	megabytes := int64(defaultMegabytes)
	if text := u.Query().Get("max_megabytes"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > mostMegabytes {
			return nil, fmt.Errorf("audit sink %s: max_megabytes is a number from 0 (no bound) to %d", name(u), mostMegabytes)
		}
		megabytes = n
	}
	abs, err := filepath.Abs(path)
	return &file{name: name(u), path: abs, most: megabytes << 20}, err
}

// Name is what its deliveries are kept under.
func (f *file) Name() string { return f.name }

// Deliver adds all records or none. The file is opened anew each time, so that it may be moved away.
func (f *file) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	text, err := lines(records)
	if err != nil {
		return 0, err
	}
	if err := f.makeRoom(int64(len(text))); err != nil {
		return 0, err
	}
	if err := f.add(text); err != nil {
		return 0, err
	}
	return len(records), nil
}

func (f *file) add(text []byte) (err error) {
	_, missing := os.Stat(f.path)
	out, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	end, err := wholeLines(out)
	if err != nil {
		return err
	}
	if _, err := out.WriteAt(text, end); err != nil {
		return errors.Join(err, out.Truncate(end)) // a disk that is full has half a line otherwise
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if errors.Is(missing, fs.ErrNotExist) {
		return syncDir(f.path)
	}
	return nil
}

// wholeLines cuts off what a crash left of a line, and returns where the file ends.
func wholeLines(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	const step = 64 << 10
	for at := end; at > 0; {
		from := max(0, at-step)
		part := make([]byte, at-from)
		if _, err := f.ReadAt(part, from); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			whole := from + int64(i) + 1
			if whole == end {
				return end, nil
			}
			return whole, f.Truncate(whole)
		}
		if at = from; at == 0 && part[0] != '{' {
			return 0, fmt.Errorf("%s is there and has no line of a trail", f.Name())
		}
	}
	return 0, f.Truncate(0)
}

// makeRoom puts a file aside to which no more fits: PATH.000001, PATH.000002 and so on, the highest being the newest.
func (f *file) makeRoom(more int64) error {
	now, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case f.most == 0 || now.Size() == 0 || now.Size()+more <= f.most:
		return nil
	}
	if err := f.cutTorn(); err != nil {
		return err
	}
	aside, err := filepath.Glob(globEscape(f.path) + ".[0-9]*")
	if err != nil {
		return err
	}
	next := 1
	for _, name := range aside {
		if n, err := strconv.Atoi(name[len(f.path)+1:]); err == nil && n >= next {
			next = n + 1
		}
	}
	if err := os.Rename(f.path, fmt.Sprintf("%s.%06d", f.path, next)); err != nil {
		return err
	}
	return syncDir(f.path)
}

// cutTorn makes a file that is put aside end with a whole line.
func (f *file) cutTorn() (err error) {
	out, err := os.OpenFile(f.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := wholeLines(out); err != nil {
		return err
	}
	return out.Sync()
}

func globEscape(path string) string {
	var b []byte
	for i := range len(path) {
		if bytes.IndexByte([]byte(`*?[\`), path[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, path[i])
	}
	return string(b)
}

// syncDir makes a new name last.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
