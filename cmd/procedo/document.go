package main

import (
	"bytes"
	"context"
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

// definitionFiles returns the paths, with each folder replaced by the .json, .yaml and .yml files below it in lexical
// order. Extensions can be in upper case. Below a folder, hidden files and folders are left out.
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

// readDocument reads a file as JSON or YAML, depending on its extension. A file with any other extension is read as
// JSON if it is valid JSON, and otherwise as YAML.
func readDocument(ctx context.Context, file string) (document, error) {
	data, err := readInput(ctx, file)
	if err != nil {
		return document{}, err
	}
	return parseDocument(file, data)
}

// parseDocument is like readDocument for the content of a file. The content is in UTF-8, or in UTF-16 with a byte order
// mark.
func parseDocument(file string, data []byte) (document, error) {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		text = data // the parsers below return an error that says what is wrong
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

// problem returns why a document cannot be read, in the language of the terminal, and at which line and column. If the
// text of the document is not the cause of err, it returns "".
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

// problemLine returns a line with the name of a file, the line and column of a problem, and the problem.
func (d document) problemLine(file string, err error) string {
	text, line, column := d.problem(err)
	if text == "" {
		return file + ": " + errorText(err)
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, line, column, text)
}
