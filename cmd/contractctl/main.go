// Command contractctl derives the other forms of the contract from openapi.yaml.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/cmd/internal/command"
)

type commands struct {
	JSON      jsonCommand      `cmd:"" help:"Convert the contract to JSON. The members keep their order."`
	Downgrade downgradeCommand `cmd:"" help:"Convert the contract to OpenAPI 3.0.3, as JSON."`
	Compress  compressCommand  `cmd:"" help:"Compress a file with gzip, for the program to embed."`
}

// files are the files that a conversion reads and writes.
type files struct {
	From string `arg:"" help:"The contract, in YAML."`
	To   string `arg:"" help:"The file to write."`
}

type jsonCommand struct{ files }

// Run writes the contract as JSON.
func (c jsonCommand) Run() error {
	return c.convert(func(doc *yaml.Node) (*yaml.Node, error) { return doc, nil })
}

type downgradeCommand struct {
	files
	Unused bool `help:"Keep the components that nothing refers to any more, for generators of code."`
}

// Run writes the contract as JSON in OpenAPI 3.0.3.
func (c downgradeCommand) Run() error {
	return c.convert(func(doc *yaml.Node) (*yaml.Node, error) {
		doc, err := downgrade(doc)
		if err != nil || c.Unused {
			return doc, err
		}
		return prune(doc), nil
	})
}

type compressCommand struct {
	From string `arg:"" help:"The file to read."`
	To   string `arg:"" help:"The file to write."`
}

// Run writes the compressed file. Equal files become equal compressed files.
func (c compressCommand) Run() error {
	text, err := os.ReadFile(c.From)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(c.To, out.Bytes(), 0o644) //nolint:gosec // a file of the source tree
}

func (f files) convert(change func(*yaml.Node) (*yaml.Node, error)) error {
	text, err := os.ReadFile(f.From)
	if err != nil {
		return err
	}
	doc, err := parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", f.From, err)
	}
	if doc, err = change(doc); err != nil {
		return fmt.Errorf("%s: %w", f.From, err)
	}
	out, err := toJSON(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", f.From, err)
	}
	return os.WriteFile(f.To, out, 0o644) //nolint:gosec // a file of the source tree
}

func main() { command.Main("contractctl", "Derives the other forms of openapi.yaml.", &commands{}) }
