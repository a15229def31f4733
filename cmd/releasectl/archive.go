package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// entry is a file in an archive or in a layer of an image. Directories have no content.
type entry struct {
	name  string // with slashes; of a directory, with one at the end
	mode  int64
	owner int
	data  []byte
}

const (
	programMode = 0o755
	textMode    = 0o644
)

// topFiles are the files of the project's folder that an archive holds.
var topFiles = []string{
	"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.fr.md", "README.md", "SECURITY.md", "compose.yaml",
	"openapi.yaml",
}

// archive packs the program with what belongs to it: a .zip file for Windows, a .tar.gz file for the others.
func (c cli) archive(program, name, system string) error {
	guides, err := guideFiles()
	if err != nil {
		return err
	}
	executable := "procedo"
	if system == "windows" {
		executable = "procedo.exe"
	}
	entries := []entry{{name: name + "/", mode: programMode}}
	for _, file := range slices.Concat(topFiles, guides) {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		entries = append(entries, entry{name: name + "/" + filepath.ToSlash(file), mode: textMode, data: data})
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	entries = append(entries, entry{name: name + "/" + executable, mode: programMode, data: data})
	if system == "windows" {
		return c.create(name+".zip", func(out io.Writer) error { return writeZip(out, entries, c.Time) })
	}
	return c.create(name+".tar.gz", func(out io.Writer) error { return writeTarGz(out, entries, c.Time) })
}

// guideFiles returns the files of the guides, sorted: pages, images, schemas, rules for alerts, and the independent
// verifier, but neither Go code nor the data of its tests.
func guideFiles() (files []string, err error) {
	err = filepath.WalkDir("docs", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case !d.IsDir() && filepath.Ext(path) != ".go":
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// create writes a file in the folder of the release.
func (c cli) create(name string, write func(io.Writer) error) error {
	path := filepath.Join(c.Out, name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, textMode)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// writeTarGz writes a compressed tar file. Its header holds neither a name nor a time.
func writeTarGz(out io.Writer, entries []entry, at time.Time) error {
	compressed := gzip.NewWriter(out)
	return errors.Join(writeTar(compressed, entries, at), compressed.Close())
}

// writeTar writes a tar file. All times are the given one, and owners have numbers only.
func writeTar(out io.Writer, entries []entry, at time.Time) error {
	w := tar.NewWriter(out)
	for _, e := range entries {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: e.name, Size: int64(len(e.data)), Mode: e.mode, Uid: e.owner, Gid: e.owner,
			ModTime: at.UTC().Truncate(time.Second), Format: tar.FormatUSTAR,
		}
		if e.name[len(e.name)-1] == '/' {
			header.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(e.data); err != nil {
			return err
		}
	}
	return w.Close()
}

// writeZip writes a zip file.
func writeZip(out io.Writer, entries []entry, at time.Time) error {
	w := zip.NewWriter(out)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at.UTC().Truncate(time.Second)}
		header.SetMode(os.FileMode(e.mode)) //nolint:gosec // one of the constants above
		if e.name[len(e.name)-1] == '/' {
			header.Method = zip.Store
			header.SetMode(os.ModeDir | os.FileMode(e.mode)) //nolint:gosec // as above
		}
		file, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(e.data); err != nil {
			return err
		}
	}
	return w.Close()
}
