package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/yaml"
	"github.com/procedo/procedo/core/jsondoc"
)

// definitionFiles lists files, and of folders every .json, .yaml and .yml below them, in the order of their names.
func definitionFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(name)) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, errors.New("no definition files (.json, .yaml, .yml) there")
	}
	return files, nil
}

// document is a definition file as it was written.
type document struct {
	text   []byte
	isYAML bool
	json   []byte
}

// readDocument reads a definition file, JSON or YAML by its name.
func readDocument(file string) (document, error) {
	text, err := os.ReadFile(file)
	d := document{text: text, json: text}
	if err == nil && (strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, ".yml")) {
		d.isYAML = true
		d.json, err = yaml.ToJSON(text)
	}
	return d, err
}

// position is where, in the file, what a pointer names stands.
func (d document) position(root *jsondoc.Node, pointer string) (line, column int) {
	if d.isYAML {
		return yaml.Locate(d.text, pointer)
	}
	return jsondoc.Position(d.text, root.Locate(pointer))
}

// errorPosition is where, in the file, a text stops being JSON that Procedo takes.
func (d document) errorPosition(err error) (line, column int) {
	var at *jsondoc.Error
	switch {
	case !errors.As(err, &at):
		return 1, 1
	case d.isYAML:
		return yaml.Locate(d.text, at.Pointer)
	}
	return jsondoc.Position(d.text, at.Offset)
}
