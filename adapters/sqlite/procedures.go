package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures stores definitions: app.Procedures and app.ProcedureList.
type Procedures struct{ DB *DB }

var (
	selectProcedure = fixed(procedureRecords().WHERE(table.Procedures.ID.EQ(String(""))))
	procedureHead   = fixed(SELECT(table.Procedures.Seq, table.Procedures.HeadHash).FROM(table.Procedures).WHERE(table.Procedures.ID.EQ(String(""))))
	selectListHead  = fixed(SELECT(table.ProcedureList.Generation, table.ProcedureList.LastHash).FROM(table.ProcedureList).WHERE(table.ProcedureList.ID.EQ(Int(1))))
	selectDocument  = fixed(SELECT(table.ProcedureVersions.Digest, table.ProcedureVersions.CreatedAt,
		table.ProcedureVersions.CreatedBy, table.ProcedureVersions.Document).
		FROM(table.ProcedureVersions).
		WHERE(table.ProcedureVersions.ProcedureID.EQ(String("")).AND(table.ProcedureVersions.Version.EQ(Int(0)))))
)

// procedureRecords is a new statement each time: go-jet's methods change the one that they are called on.
func procedureRecords() SelectStatement {
	return SELECT(
		table.Procedures.ID, table.Procedures.Name, table.Procedures.Description, table.Procedures.Language,
		table.Procedures.Status, table.Procedures.Version, table.Procedures.Seq, table.Procedures.HeadHash,
		table.ProcedureVersions.Digest, table.ProcedureVersions.CreatedAt, table.ProcedureVersions.CreatedBy,
	).FROM(table.Procedures.INNER_JOIN(table.ProcedureVersions, table.ProcedureVersions.ProcedureID.EQ(table.Procedures.ID).
		AND(table.ProcedureVersions.Version.EQ(table.Procedures.Version))))
}

func scanProcedure(row interface{ Scan(...any) error }) (procedure.Record, error) {
	var r procedure.Record
	var createdAt string
	err := row.Scan(&r.ID, &r.Name, &r.Description, &r.Language, &r.Status, &r.Version, &r.Head.Seq, &r.Head.Hash,
		&r.Digest, &createdAt, &r.CreatedBy)
	if err != nil {
		return r, err
	}
	r.CreatedAt, err = parseInstant(createdAt)
	return r, err
}

// Load returns the procedure's present record.
func (p Procedures) Load(ctx context.Context, id string) (procedure.Record, error) {
	p.DB.trace(selectProcedure)
	r, err := scanProcedure(p.DB.read.row(ctx, selectProcedure, id))
	if errors.Is(err, sql.ErrNoRows) {
		return procedure.Record{}, errNoProcedure
	}
	return r, translate(err)
}

var errNoProcedure = fault.New(fault.NotFound, "procedure.not_found", nil)

// Head returns where the procedure's chain ends.
func (p Procedures) Head(ctx context.Context, id string) (h audit.Head, err error) {
	p.DB.trace(procedureHead)
	if err = p.DB.read.row(ctx, procedureHead, id).Scan(&h.Seq, &h.Hash); errors.Is(err, sql.ErrNoRows) {
		return h, errNoProcedure
	}
	return h, translate(err)
}

// ListHead names the state of the list.
func (p Procedures) ListHead(ctx context.Context) (h audit.Head, err error) {
	p.DB.trace(selectListHead)
	err = p.DB.read.row(ctx, selectListHead, 1).Scan(&h.Seq, &h.Hash)
	return h, translate(err)
}

// Document returns one version with its canonical bytes.
func (p Procedures) Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error) {
	r := procedure.VersionRecord{ID: id, Version: version}
	var createdAt, document string
	p.DB.trace(selectDocument)
	err := p.DB.read.row(ctx, selectDocument, id, version).Scan(&r.Digest, &createdAt, &r.CreatedBy, &document)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil, fault.New(fault.NotFound, "procedure.version_not_found", nil)
	}
	if err == nil {
		r.CreatedAt, err = parseInstant(createdAt)
	}
	return r, []byte(document), translate(err)
}

// ListProcedures returns records in the order of their ids.
func (p Procedures) ListProcedures(ctx context.Context, f app.ProcedureFilter) ([]procedure.Record, error) {
	where := Bool(true)
	if f.Query != "" {
		like := "%" + likeEscaper.Replace(f.Query) + "%"
		where = where.AND(RawBool(`(procedures.id LIKE #q ESCAPE '\' OR procedures.name LIKE #q ESCAPE '\')`, RawArgs{"#q": like}))
	}
	if f.Status != "" {
		where = where.AND(table.Procedures.Status.EQ(String(string(f.Status))))
	}
	if f.After != "" {
		where = where.AND(table.Procedures.ID.GT(String(f.After)))
	}
	var all []procedure.Record
	err := p.DB.within(ctx, p.DB.read, func(t tx) error {
		return t.query(ctx, procedureRecords().WHERE(where).ORDER_BY(table.Procedures.ID.ASC()).LIMIT(int64(f.Limit)), func(rows *sql.Rows) error {
			r, err := scanProcedure(rows)
			all = append(all, r)
			return err
		})
	})
	return all, translate(err)
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Versions returns versions below the given one, newest first.
func (p Procedures) Versions(ctx context.Context, id string, below, limit int) ([]procedure.VersionRecord, error) {
	v := table.ProcedureVersions
	where := v.ProcedureID.EQ(String(id))
	if below > 0 {
		where = where.AND(v.Version.LT(Int(int64(below))))
	}
	var all []procedure.VersionRecord
	err := p.DB.within(ctx, p.DB.read, func(t tx) error {
		return t.query(ctx, SELECT(v.Version, v.Digest, v.CreatedAt, v.CreatedBy).FROM(v).WHERE(where).
			ORDER_BY(v.Version.DESC()).LIMIT(int64(limit)), func(rows *sql.Rows) error {
			r := procedure.VersionRecord{ID: id}
			var createdAt string
			err := rows.Scan(&r.Version, &r.Digest, &createdAt, &r.CreatedBy)
			if err == nil {
				r.CreatedAt, err = parseInstant(createdAt)
			}
			all = append(all, r)
			return err
		})
	})
	return all, translate(err)
}

// Append writes a change whole or not at all.
func (p Procedures) Append(ctx context.Context, c app.ProcedureChange) error {
	return p.DB.within(ctx, p.DB.write, func(t tx) error {
		moved, err := p.writeRecord(ctx, t, c.Before, c.After)
		if err != nil || moved {
			return cmpErr(err, app.ErrMoved)
		}
		if err := writeReceipt(ctx, t, c.Receipt); err != nil {
			return err
		}
		if c.Publish != nil {
			if err := publish(ctx, t, c.Publish); err != nil {
				return translate(err)
			}
		}
		if err := writeEvents(ctx, t, c.Events); err != nil {
			return translate(err)
		}
		list := table.ProcedureList
		_, err = t.exec(ctx, list.UPDATE(list.Generation, list.LastHash).SET(list.Generation.ADD(Int(1)), c.After.Head.Hash).WHERE(list.ID.EQ(Int(1))))
		return translate(err)
	})
}

// cmpErr is the translated error, or the given one where there is none.
func cmpErr(err, otherwise error) error {
	if err != nil {
		return translate(err)
	}
	return otherwise
}

// writeRecord inserts or updates the procedure's row; moved where it is not as it was read.
func (p Procedures) writeRecord(ctx context.Context, t tx, before audit.Head, r procedure.Record) (moved bool, err error) {
	row := table.Procedures
	if r.Status == "" {
		r.Status = procedure.Active
	}
	var touched int64
	if before.Seq == 0 {
		touched, err = t.exec(ctx, row.INSERT(row.ID, row.Name, row.Description, row.Language, row.Status, row.Version, row.Seq, row.HeadHash).
			VALUES(r.ID, r.Name, r.Description, r.Language, string(r.Status), r.Version, r.Head.Seq, r.Head.Hash).
			ON_CONFLICT(row.ID).DO_NOTHING())
	} else {
		touched, err = t.exec(ctx, row.UPDATE(row.Name, row.Description, row.Language, row.Status, row.Version, row.Seq, row.HeadHash).
			SET(r.Name, r.Description, r.Language, string(r.Status), r.Version, r.Head.Seq, r.Head.Hash).
			WHERE(row.ID.EQ(String(r.ID)).AND(row.Seq.EQ(Int(before.Seq))).AND(row.HeadHash.EQ(String(before.Hash)))))
	}
	return touched == 0, err
}
