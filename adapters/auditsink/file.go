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

// file appends lines of JSON to a file. Records count as delivered once they are on the disk. A full file is renamed to
// PATH.N, where N is the next number. Procedo never removes these files.
type file struct {
	name    string
	path    string
	maxSize int64 // bytes; 0 means that there is no limit
}

const (
	defaultMegabytes = 100
	maxMegabytes     = 1 << 20
)

// FilePath returns the path of the file that the URL of a sink names. It returns false for other sinks.
func FilePath(address string) (path string, isFile bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	path, err = pathOf(u)
	return path, err == nil
}

func pathOf(u *url.URL) (string, error) {
	if u.Opaque == "" {
		return u.Path, nil
	}
	return url.PathUnescape(u.Opaque)
}

func newFile(u *url.URL) (*file, error) {
	path, err := pathOf(u)
	if err != nil {
		return nil, fmt.Errorf("audit sink %s: %w", sinkName(u), err)
	}
	if path == "" || u.Host != "" {
		return nil, fmt.Errorf("audit sink %s: want file:PATH", sinkName(u))
	}
	if err := checkSettings(u, "max_megabytes"); err != nil {
		return nil, err
	}
	megabytes := int64(defaultMegabytes)
	if text := u.Query().Get("max_megabytes"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > maxMegabytes {
			return nil, fmt.Errorf("audit sink %s: max_megabytes must be a number from 0 (no limit) to %d",
				sinkName(u), maxMegabytes)
		}
		megabytes = n
	}
	abs, err := filepath.Abs(path)
	return &file{name: sinkName(u), path: abs, maxSize: megabytes << 20}, err
}

// Name returns the URL of the sink without secrets.
func (f *file) Name() string { return f.name }

// Deliver appends all records or none. It opens the file for each delivery, so that somebody may move the file between
// two deliveries.
func (f *file) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	text, err := lines(records)
	if err != nil {
		return 0, err
	}
	if err := f.checkTrail(); err != nil {
		return 0, err
	}
	if err := f.rotateIfFull(int64(len(text))); err != nil {
		return 0, err
	}
	if err := f.append(text); err != nil {
		return 0, err
	}
	return len(records), nil
}

// checkTrail returns an error if the file is not a text, such as a database: nothing may be written to it, and it keeps
// its name.
func (f *file) checkTrail() error {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && info.Mode()&fs.ModeNamedPipe != 0: // to open it would wait for a writer
		return fmt.Errorf("%s is a pipe", f.path)
	case err != nil:
		return err
	}
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // the file is only read
	first := make([]byte, 512)
	n, err := in.Read(first)
	if bytes.IndexByte(first[:n], 0) >= 0 {
		return fmt.Errorf("%s exists and does not hold a trail", f.path)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (f *file) append(text []byte) (err error) {
	_, missing := os.Stat(f.path)
	out, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	end, err := truncateTornLine(out)
	if err != nil {
		return err
	}
	if _, err := out.WriteAt(text, end); err != nil {
		return errors.Join(err, out.Truncate(end)) // if the disk is full, part of the text may have been written
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if errors.Is(missing, fs.ErrNotExist) {
		return syncDir(f.path)
	}
	return nil
}

// truncateTornLine removes an incomplete last line, which a crash may have left, and returns the new size of the file.
// A file with a single, incomplete line that does not begin with { is not a trail. For such a file, truncateTornLine
// returns an error and changes nothing.
func truncateTornLine(f *os.File) (int64, error) {
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
			return 0, fmt.Errorf("%s exists and does not hold a trail", f.Name())
		}
	}
	return 0, f.Truncate(0)
}

// rotateIfFull renames the file if the given number of further bytes would make it larger than maxSize. The new names
// are PATH.000001, PATH.000002 and so on; the highest number is the newest file.
func (f *file) rotateIfFull(additional int64) error {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case f.maxSize == 0 || info.Size() == 0 || info.Size()+additional <= f.maxSize:
		return nil
	}
	if err := f.removeTornLine(); err != nil {
		return err
	}
	rotated, err := filepath.Glob(globEscape(f.path) + ".[0-9]*")
	if err != nil {
		return err
	}
	next := 1
	for _, name := range rotated {
		if n, err := strconv.Atoi(name[len(f.path)+1:]); err == nil && n >= next {
			next = n + 1
		}
	}
	if err := os.Rename(f.path, fmt.Sprintf("%s.%06d", f.path, next)); err != nil {
		return err
	}
	return syncDir(f.path)
}

// removeTornLine removes an incomplete last line from the file before it is renamed.
func (f *file) removeTornLine() (err error) {
	out, err := os.OpenFile(f.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := truncateTornLine(out); err != nil {
		return err
	}
	return out.Sync()
}

// globEscape escapes the special characters of glob patterns in a path.
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

// syncDir flushes the directory of path to the disk, so that a created or renamed file survives a crash.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
