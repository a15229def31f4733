package verify_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
)

// changedProcedure shows a verifier other rows of a procedure than those that are stored.
type changedProcedure struct {
	verify.Rows
	verify.Procedures
	row      func(*procedure.Record)
	version  func(*procedure.VersionRecord, *[]byte) error
	versions func([]procedure.VersionRecord) []procedure.VersionRecord
	tables   func([]projection.Table)
}

func (c changedProcedure) ProceduresIn(ctx context.Context, r audit.Range, fn func(procedure.Record) error) error {
	return c.Rows.ProceduresIn(ctx, r, func(r procedure.Record) error {
		if c.row != nil {
			c.row(&r)
		}
		return fn(r)
	})
}

func (c changedProcedure) Document(
	ctx context.Context, id string, version int,
) (r procedure.VersionRecord, canonical []byte, err error) {
	if r, canonical, err = c.Procedures.Document(ctx, id, version); err == nil && c.version != nil && version == 1 {
		err = c.version(&r, &canonical)
	}
	return r, canonical, err
}

func (c changedProcedure) Versions(
	ctx context.Context, id string, below, limit int,
) ([]procedure.VersionRecord, error) {
	all, err := c.Procedures.Versions(ctx, id, 0, 1000)
	if c.versions != nil {
		all = c.versions(all)
	}
	all = slices.DeleteFunc(all, func(r procedure.VersionRecord) bool { return below != 0 && r.Version >= below })
	return all[:min(limit, len(all))], err
}

func (c changedProcedure) DefinitionRows(
	ctx context.Context, id string, version int, tables []projection.Table,
) ([]projection.Table, error) {
	stored, err := c.Rows.DefinitionRows(ctx, id, version, tables)
	if c.tables != nil && version == 1 {
		c.tables(stored)
	}
	return stored, err
}

func noDocument(*procedure.VersionRecord, *[]byte) error {
	return fault.New(fault.NotFound, "procedure.version_not_found", nil)
}

func otherDocument(_ *procedure.VersionRecord, canonical *[]byte) error {
	*canonical = []byte("{}")
	return nil
}

// noSteps removes the rows of the steps, which come after that of the version.
func noSteps(tables []projection.Table) { tables[1].Rows = nil }

// TestWhatIsWrongWithAProcedureIsFound: the procedure has two versions.
func TestWhatIsWrongWithAProcedureIsFound(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"First","steps":[{"key":"s","title":"S"}]}`)
	fx.save(`{"id":"p","name":"Second","description":"D","steps":[{"key":"s","title":"S"}]}`)
	unpublished := func(count int) func([]procedure.VersionRecord) []procedure.VersionRecord {
		return func(all []procedure.VersionRecord) []procedure.VersionRecord {
			for number := range count {
				all = slices.Insert(all, 0, procedure.VersionRecord{ID: "p", Version: 3 + number})
			}
			return all
		}
	}
	row := func(change func(*procedure.Record)) changedProcedure { return changedProcedure{row: change} }
	version := func(change func(*procedure.VersionRecord)) changedProcedure {
		return changedProcedure{version: func(r *procedure.VersionRecord, _ *[]byte) error { change(r); return nil }}
	}
	past := time.Unix(1e9, 0).UTC() // in 2001
	for name, c := range map[string]struct {
		changed changedProcedure
		want    string
	}{
		"nothing":       {},
		"name":          {row(func(r *procedure.Record) { r.Name = "First" }), "version 2: its name, description or"},
		"description":   {row(func(r *procedure.Record) { r.Description = "" }), "version 2: its name, description or"},
		"language":      {row(func(r *procedure.Record) { r.Language = "fr" }), "version 2: its name, description or"},
		"status":        {row(func(r *procedure.Record) { r.Status = procedure.Archived }), "is active .* but archived"},
		"version":       {row(func(r *procedure.Record) { r.Version = 1 }), "active at version 2 .* active at version 1"},
		"digest":        {row(func(r *procedure.Record) { r.Digest = "sha256:0" }), "active .*, but active .*sha256:0"},
		"last event":    {row(func(r *procedure.Record) { r.LastEventAt = past }), "its last event is of .* but of 2001-"},
		"head":          {row(func(r *procedure.Record) { r.Head.Seq++ }), "ends at event 2 .* row says event 3"},
		"author":        {version(func(r *procedure.VersionRecord) { r.CreatedBy = "eve" }), "version 1: ann .* but eve published"},
		"date":          {version(func(r *procedure.VersionRecord) { r.CreatedAt = past }), "version 1: ann .* but ann .* at 2001-"},
		"other digest":  {version(func(r *procedure.VersionRecord) { r.Digest = "sha256:0" }), "version 1: ann .* but ann published sha256:0"},
		"meaning":       {version(func(r *procedure.VersionRecord) { r.Meaning = condition.Binary }), "version 1: .* meaning 2 .* but 0"},
		"no document":   {changedProcedure{version: noDocument}, "version 1: its row cannot be read"},
		"document":      {changedProcedure{version: otherDocument}, "version 1: .* the document has digest"},
		"rows":          {changedProcedure{tables: noSteps}, "version 1: the rows of procedure_steps differ"},
		"not published": {changedProcedure{versions: unpublished(1)}, "version 3 is stored but was never published"},
	} {
		t.Run(name, func(t *testing.T) {
			ports := fx.storage.Verify
			c.changed.Rows, c.changed.Procedures = ports.Rows, ports.Procedures
			ports.Rows, ports.Procedures = c.changed, c.changed
			var findings []string
			_, err := verify.New(ports).All(t.Context(), verify.Options{}, func(f audit.Finding) {
				findings = append(findings, i18n.Accept("en").Finding(f))
			})
			require.NoError(t, err)
			if c.want == "" {
				require.Empty(t, findings)
				return
			}
			require.Regexp(t, c.want, findings[0])
		})
	}
	for _, count := range []int{98, 99, 198, 250} { // versions are read 100 at a time
		ports := fx.storage.Verify
		ports.Procedures = changedProcedure{Procedures: ports.Procedures, versions: unpublished(count)}
		found := 0
		_, err := verify.New(ports).All(t.Context(), verify.Options{}, func(audit.Finding) { found++ })
		require.NoError(t, err)
		require.Equal(t, count, found)
	}
}
