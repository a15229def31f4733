package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/procedo/procedo/adapters/yaml"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// definitionFiles returns the files among paths and, in lexical order, the .json, .yaml and .yml files below the
// folders among them, in any letter case. Below a folder, hidden files and folders are left out.
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
			hidden := name != path && strings.HasPrefix(d.Name(), ".")
			switch {
			case err != nil:
				return err
			case hidden && d.IsDir():
				return fs.SkipDir
			case !hidden && !d.IsDir() && (isJSON(name) || isYAML(name)):
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, failure("no_files", nil)
	}
	return files, nil
}

func isJSON(file string) bool { return strings.EqualFold(filepath.Ext(file), ".json") }

func isYAML(file string) bool {
	return strings.EqualFold(filepath.Ext(file), ".yaml") || strings.EqualFold(filepath.Ext(file), ".yml")
}

// document is the content of a file with a definition or with answers: the text of the file and its JSON.
type document struct {
	text   []byte
	isYAML bool
	json   []byte
}

// readDocument reads a file, as YAML or JSON depending on its extension. Without one of their extensions, a text that
// is not JSON is YAML.
func readDocument(file string) (document, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return document{}, err
	}
	return parseDocument(file, data)
}

// parseDocument converts the content of a file. A byte order mark says that the text is in UTF-16 or UTF-8; without
// one, it must be UTF-8.
func parseDocument(file string, data []byte) (document, error) {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		text = data // the parser says what is wrong
	}
	d := document{text: text, json: text}
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return d, &jsondoc.Error{Reason: jsondoc.Empty}
	case isYAML(file) || !isJSON(file) && jsondoc.Check(text) != nil:
		d.isYAML = true
		d.json, err = yaml.ToJSON(text)
		return d, err
	}
	return d, jsondoc.Check(text)
}

// position returns the line and column in the file, from 1, of the value at a JSON pointer.
func (d document) position(root *jsondoc.Node, pointer string) (line, column int) {
	if d.isYAML {
		return yaml.Locate(d.text, pointer)
	}
	return jsondoc.Position(d.text, root.Locate(pointer))
}

// problem returns why a document cannot be read, in the language of the terminal, and where. It returns "" for errors
// that do not come from the text of the document.
func (d document) problem(err error) (text string, line, column int) {
	var inYAML *yaml.Error
	var inJSON *jsondoc.Error
	switch {
	case errors.As(err, &inYAML):
		params := fault.Params{"detail": inYAML.Detail, "max": yaml.MaxExpansion}
		return say("yaml_"+inYAML.Reason, params), inYAML.Line, 1
	case !errors.As(err, &inJSON):
		return "", 0, 0
	case inJSON.Reason == jsondoc.Empty:
		return say("yaml_empty", nil), 1, 1
	}
	params := fault.Params{"reason": inJSON.Reason, "offset": inJSON.Offset, "pointer": inJSON.Pointer}
	if d.isYAML {
		line, column = yaml.Locate(d.text, inJSON.Pointer)
		return say("yaml_malformed", params), line, column
	}
	line, column = jsondoc.Position(d.text, inJSON.Offset)
	_, text = terminalLocale().Problem("request.malformed", params)
	return text, line, column
}

// problemLine returns why a file cannot be read, after its name and the place.
func (d document) problemLine(file string, err error) string {
	text, line, column := d.problem(err)
	if text == "" {
		return file + ": " + errorText(err)
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, line, column, text)
}
