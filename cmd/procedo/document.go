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

// definitionFiles returns the names of all definition files in paths. A path to a folder stands for all .json, .yaml
// and .yml files in it and its subfolders, in lexical order.
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
		return nil, errors.New("there are no definition files (.json, .yaml, .yml)")
	}
	return files, nil
}

// document is the content of a definition file: its text, and the same content as JSON.
type document struct {
	text   []byte
	isYAML bool
	json   []byte
}

// readDocument reads a definition file, as YAML or JSON depending on its extension.
func readDocument(file string) (document, error) {
	text, err := os.ReadFile(file)
	d := document{text: text, json: text}
	if err == nil && (strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, ".yml")) {
		d.isYAML = true
		d.json, err = yaml.ToJSON(text)
	}
	return d, err
}

// position returns the line and column in the file, from 1, of the value at a JSON pointer.
func (d document) position(root *jsondoc.Node, pointer string) (line, column int) {
	if d.isYAML {
		return yaml.Locate(d.text, pointer)
	}
	return jsondoc.Position(d.text, root.Locate(pointer))
}

// errorPosition returns the line and column in the file, from 1, of a parse error.
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
