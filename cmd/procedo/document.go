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

// definitionFiles returns the files among paths, and the .json, .yaml and .yml files below the folders among them in
// lexical order.
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

// document is the content of a definition file: the text of the file and its JSON.
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

// position returns the place in the file of the value at a JSON pointer.
func (d document) position(root *jsondoc.Node, pointer string) (line, column int) {
	if d.isYAML {
		return yaml.Locate(d.text, pointer)
	}
	return jsondoc.Position(d.text, root.Locate(pointer))
}

// errorPosition returns the place in the file of a parse error.
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
