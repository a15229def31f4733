package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
)

type exportCmd struct {
	database
	Format string `default:"jsonl" enum:"jsonl,csv" help:"jsonl: events as lines of JSON, which audit verify checks; csv: for spreadsheets. ${default} when left out." placeholder:"FORMAT"`
	Output string `short:"o" default:"-" help:"File to write; - is standard output." placeholder:"FILE"`
}

// Run writes the export as it is read. A file that is there is not overwritten: it may be somebody's evidence.
func (c exportCmd) Run(ctx context.Context, m *Main) (err error) {
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	out := m.Stdout
	if c.Output != "-" {
		var file *os.File
		if file, err = os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	each, flush := jsonLines(out)
	if c.Format == "csv" {
		each, flush = csvRows(out)
	}
	return errors.Join(w.Export(ctx, each), flush())
}

func jsonLines(out io.Writer) (each func(audit.Event) error, flush func() error) {
	lines := bufio.NewWriter(out)
	return func(e audit.Event) error {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = lines.Write(append(line, '\n'))
		return err
	}, lines.Flush
}

// csvRows writes RFC 4180: a row of names, then a row for each event.
func csvRows(out io.Writer) (each func(audit.Event) error, flush func() error) {
	rows := csv.NewWriter(out)
	rows.UseCRLF = true
	named := rows.Write([]string{"entity_type", "entity_id", "seq", "occurred_at", "actor", "action", "payload", "prev_hash", "hash"})
	return func(e audit.Event) error {
			return errors.Join(named, rows.Write([]string{
				e.EntityType, inert(e.EntityID), strconv.FormatInt(e.Seq, 10), e.OccurredAt.Format(audit.TimeFormat), inert(e.Actor), inert(e.Action), inert(string(e.Payload)), e.PrevHash, e.Hash,
			}))
		}, func() error {
			rows.Flush()
			return rows.Error()
		}
}

// inert keeps a spreadsheet from taking a text for a formula: an apostrophe goes before what begins like one (OWASP, CSV injection).
func inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
