package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/verify"
)

type withholdCmd struct {
	Bundle   string   `arg:"" type:"existingfile" help:"Bundle of a run."`
	Withhold []string `required:"" sep:"none" help:"What the result does not show; repeatable." placeholder:"WORD"`
	Output   string   `short:"o" default:"-" help:"New file to write; - is standard output." placeholder:"FILE"`
}

// Help is shown by --help below the summary.
func (withholdCmd) Help() string {
	return "A value of --withhold is slots, slots.STEP.NAME, inputs, reasons, reference, user_id, metadata or names. A slot " +
		"includes the copies of its values: those that conditions read, and the refused input of its step."
}

// Run writes the bundle without the texts that --withhold selects.
func (c withholdCmd) Run(ctx context.Context, m *Main) error {
	b, err := c.read(ctx)
	if err != nil {
		return err
	}
	write := func(out io.Writer) error {
		err := json.MarshalWrite(out, b)
		if err == nil {
			_, err = io.WriteString(out, "\n")
		}
		return err
	}
	if c.Output == "-" {
		return write(m.data())
	}
	if err := writeNew(c.Output, write); err != nil {
		return err
	}
	none := func(audit.Finding) {}
	counts := b.Verify(cel.Language{}, verify.Options{}, none) //nolint:contextcheck // verified to its end
	if text := withheldText(counts); text != "" {
		m.println(text)
	}
	return nil
}

// read returns the bundle without the texts that --withhold selects. It fails for a bundle with findings, because the
// remaining part could hide some of them.
func (c withholdCmd) read(ctx context.Context) (verify.Bundle, error) {
	b, err := readBundle(ctx, c.Bundle)
	if errors.Is(err, errExportLines) {
		err = verify.ErrBundle
	}
	if err != nil {
		return b, inFile(c.Bundle, err)
	}
	findings := 0
	b.Verify(cel.Language{}, verify.Options{}, func(audit.Finding) { findings++ }) //nolint:contextcheck // as above
	if findings > 0 {
		return b, failure("withhold_findings", fault.Params{"file": c.Bundle, "count": findings})
	}
	v, err := b.Definition(cel.Language{})
	if err != nil {
		return b, err
	}
	if err := checkWords(c.Withhold, encoding.WithholdingWords(v)); err != nil {
		return b, err
	}
	if b, err = b.Withhold(v, c.Withhold); err != nil {
		return b, localized(err)
	}
	return b, nil
}

// checkWords returns an error that names the first word that is not allowed, and the allowed words.
func checkWords(words, allowed []string) error {
	for _, word := range words {
		if !slices.Contains(allowed, word) {
			return failure("withhold_word", fault.Params{"given": word, "allowed": allowed})
		}
	}
	return nil
}
