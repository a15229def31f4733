package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

type exportCmd struct {
	database
	Format string `default:"jsonl" enum:"jsonl,csv" help:"Output format: jsonl, which audit verify reads, or csv."`
	Excel  bool   `help:"Write CSV for Excel: with a byte order mark, and with semicolons where your region (LANG) separates lists so."`
	Output string `short:"o" default:"-" help:"New file to write; - is standard output." placeholder:"FILE"`
}

// Run writes the export while it reads the database.
func (c exportCmd) Run(ctx context.Context, m *Main) error {
	if c.Excel && c.Format != "csv" {
		return failure("excel_csv", nil)
	}
	w, err := c.openReading(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	if c.Output != "-" {
		return writeNew(c.Output, func(out io.Writer) error { return c.export(ctx, w, out) })
	}
	return c.export(ctx, w, m.data())
}

// export writes the export of a database.
func (c exportCmd) export(ctx context.Context, w *wired, out io.Writer) error {
	to := exporter(newJSONLines(out))
	if c.Format == "csv" {
		if c.Excel {
			if _, err := io.WriteString(out, byteOrderMark); err != nil {
				return err
			}
		}
		to = newCSVRows(out, c.separator())
	}
	by := systemPrincipal("procedo-audit")
	return errors.Join(w.As(by).Export(ctx, to), to.flush())
}

// separator returns the character between the cells of CSV: a comma or, for Excel, what the reader's region uses.
func (c exportCmd) separator() rune {
	if c.Excel {
		return terminalLocale().ListSeparator()
	}
	return ','
}

const byteOrderMark = "\ufeff"

type exporter interface {
	app.Exporter
	flush() error
}

// jsonLines writes JSON Lines, which the command "audit verify" can read.
type jsonLines struct{ *bufio.Writer }

func newJSONLines(out io.Writer) jsonLines { return jsonLines{bufio.NewWriterSize(out, 1<<16)} }

func (j jsonLines) line(l audit.Line) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = j.Write(append(data, '\n'))
	return err
}

func (j jsonLines) Event(e *audit.Event) error    { return j.line(audit.Line{Event: e}) }
func (j jsonLines) Leaf(l audit.StoredLeaf) error { return j.line(audit.Line{Leaf: &l}) }
func (j jsonLines) Note(n audit.StoredNote) error { return j.line(audit.Line{Note: &n}) }
func (j jsonLines) flush() error                  { return j.Flush() }

// csvRows writes CSV (RFC 4180): a header, then a row for each event. Checkpoints are left out.
type csvRows struct {
	*csv.Writer
	headerErr error // the error from writing the header, or nil
}

func newCSVRows(out io.Writer, separator rune) csvRows {
	rows := csv.NewWriter(out)
	rows.UseCRLF, rows.Comma = true, separator
	return csvRows{rows, rows.Write([]string{
		"entity_type", "entity_id", "seq", "occurred_at", "actor", "action", "payload", "prev_hash", "hash",
	})}
}

func (c csvRows) Event(e *audit.Event) error {
	return errors.Join(c.headerErr, c.Write([]string{
		e.Entity.Type, escapeFormula(e.Entity.ID), strconv.FormatInt(e.Seq, 10), e.OccurredAt.Format(audit.TimeFormat),
		escapeFormula(e.Actor), escapeFormula(e.Action), escapeFormula(string(e.Open().Payload)), e.PrevHash, e.Hash,
	}))
}

func (c csvRows) Leaf(audit.StoredLeaf) error { return nil }
func (c csvRows) Note(audit.StoredNote) error { return nil }

func (c csvRows) flush() error {
	c.Flush()
	return errors.Join(c.headerErr, c.Error())
}

// escapeFormula puts an apostrophe before a text that begins like a formula, so that spreadsheets do not evaluate it
// (OWASP, CSV injection).
func escapeFormula(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
