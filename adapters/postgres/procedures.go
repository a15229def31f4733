package postgres

import (
	"context"
	"errors"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures stores definitions: app.Procedures and app.ProcedureList.
type Procedures struct{ DB *DB }

var (
	selectProcedure = fixed(procedureRecords().WHERE(table.Procedures.ID.EQ(String(""))))
	selectHead      = fixed(SELECT(table.Procedures.Seq, table.Procedures.HeadHash).FROM(table.Procedures).WHERE(table.Procedures.ID.EQ(String(""))))
	selectListHead  = fixed(SELECT(table.ProcedureList.Generation, table.ProcedureList.LastHash).FROM(table.ProcedureList).WHERE(table.ProcedureList.ID.EQ(Int(1))))
	moveList        = fixed(table.ProcedureList.UPDATE(table.ProcedureList.Generation, table.ProcedureList.LastHash).
			SET(table.ProcedureList.Generation.ADD(Int(1)), "").
			WHERE(table.ProcedureList.ID.EQ(Int(1))))
	selectDocument = fixed(SELECT(table.ProcedureVersions.Digest, table.ProcedureVersions.CreatedAt,
		table.ProcedureVersions.CreatedBy, table.ProcedureVersions.Document).
		FROM(table.ProcedureVersions).
		WHERE(table.ProcedureVersions.ProcedureID.EQ(String("")).AND(table.ProcedureVersions.Version.EQ(Int(0)))))
	insertProcedure = fixed(table.Procedures.INSERT(table.Procedures.ID, table.Procedures.Name, table.Procedures.Description, table.Procedures.Language,
		table.Procedures.Status, table.Procedures.Version, table.Procedures.Seq, table.Procedures.HeadHash).
		VALUES("", "", "", "", "", 0, 0, ""))
	updateProcedure = fixed(table.Procedures.UPDATE(table.Procedures.Name, table.Procedures.Description, table.Procedures.Language,
		table.Procedures.Status, table.Procedures.Version, table.Procedures.Seq, table.Procedures.HeadHash).
		SET("", "", "", "", 0, 0, "").
		WHERE(table.Procedures.ID.EQ(String("")).AND(table.Procedures.Seq.EQ(Int(0))).AND(table.Procedures.HeadHash.EQ(String("")))))
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

func scanProcedure(row pgx.Row) (procedure.Record, error) {
	var r procedure.Record
	err := row.Scan(&r.ID, &r.Name, &r.Description, &r.Language, &r.Status, &r.Version, &r.Head.Seq, &r.Head.Hash,
		&r.Digest, &r.CreatedAt, &r.CreatedBy)
	r.CreatedAt = r.CreatedAt.UTC()
	return r, err
}

// Load returns the procedure's present record.
func (p Procedures) Load(ctx context.Context, id string) (procedure.Record, error) {
	p.DB.trips()
	r, err := scanProcedure(p.DB.pool.QueryRow(ctx, selectProcedure, id))
	if errors.Is(err, pgx.ErrNoRows) {
		return procedure.Record{}, errNoProcedure
	}
	return r, translate(err)
}

var errNoProcedure = fault.New(fault.NotFound, "procedure.not_found", nil)

// Head returns where the procedure's chain ends.
func (p Procedures) Head(ctx context.Context, id string) (h audit.Head, err error) {
	p.DB.trips()
	if err = p.DB.pool.QueryRow(ctx, selectHead, id).Scan(&h.Seq, &h.Hash); errors.Is(err, pgx.ErrNoRows) {
		return h, errNoProcedure
	}
	return h, translate(err)
}

// ListHead names the state of the list.
func (p Procedures) ListHead(ctx context.Context) (h audit.Head, err error) {
	p.DB.trips()
	err = p.DB.pool.QueryRow(ctx, selectListHead, 1).Scan(&h.Seq, &h.Hash)
	return h, translate(err)
}

// Document returns one version with its canonical bytes.
func (p Procedures) Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error) {
	r := procedure.VersionRecord{ID: id, Version: version}
	var document string
	p.DB.trips()
	err := p.DB.pool.QueryRow(ctx, selectDocument, id, version).Scan(&r.Digest, &r.CreatedAt, &r.CreatedBy, &document)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, nil, fault.New(fault.NotFound, "procedure.version_not_found", nil)
	}
	r.CreatedAt = r.CreatedAt.UTC()
	return r, []byte(document), translate(err)
}

// ListProcedures returns records in the order of their ids, as bytes.
func (p Procedures) ListProcedures(ctx context.Context, f app.ProcedureFilter) ([]procedure.Record, error) {
	where := Bool(true)
	if f.Query != "" {
		like := "%" + likeEscaper.Replace(f.Query) + "%"
		where = where.AND(RawBool(`(procedures.id ILIKE #q OR procedures.name ILIKE #q)`, RawArgs{"#q": like}))
	}
	if f.Status != "" {
		where = where.AND(table.Procedures.Status.EQ(String(string(f.Status))))
	}
	if f.After != "" {
		where = where.AND(table.Procedures.ID.GT(String(f.After)))
	}
	var all []procedure.Record
	err := p.DB.query(ctx, procedureRecords().WHERE(where).ORDER_BY(table.Procedures.ID.ASC()).LIMIT(int64(f.Limit)), func(rows pgx.Rows) error {
		r, err := scanProcedure(rows)
		all = append(all, r)
		return err
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
	err := p.DB.query(ctx, SELECT(v.Version, v.Digest, v.CreatedAt, v.CreatedBy).FROM(v).WHERE(where).
		ORDER_BY(v.Version.DESC()).LIMIT(int64(limit)), func(rows pgx.Rows) error {
		r := procedure.VersionRecord{ID: id}
		err := rows.Scan(&r.Version, &r.Digest, &r.CreatedAt, &r.CreatedBy)
		r.CreatedAt = r.CreatedAt.UTC()
		all = append(all, r)
		return err
	})
	return all, translate(err)
}

// Append writes a change whole or not at all. Whoever was overtaken finds the seq of their first event taken: a unique
// violation, which takes everything back. The list's row moves on last, so that others wait for it least; and in a
// transaction that sees what they committed meanwhile, so that changes of different procedures never refuse each other.
func (p Procedures) Append(ctx context.Context, c app.ProcedureChange) error {
	var b pgx.Batch
	r := c.After
	if r.Status == "" {
		r.Status = procedure.Active
	}
	if c.Before.Seq == 0 {
		b.Queue(insertProcedure, r.ID, r.Name, r.Description, r.Language, string(r.Status), r.Version, r.Head.Seq, r.Head.Hash)
	} else {
		b.Queue(updateProcedure, r.Name, r.Description, r.Language, string(r.Status), r.Version, r.Head.Seq, r.Head.Hash, r.ID, c.Before.Seq, c.Before.Hash).
			Exec(func(done pgconn.CommandTag) error {
				if done.RowsAffected() == 0 {
					return app.ErrMoved
				}
				return nil
			})
	}
	queueEvents(&b, c.Events)
	queueReceipt(&b, c.Receipt)
	if c.Publish != nil {
		queueVersion(&b, c.Publish)
	}
	b.Queue(moveList, 1, r.Head.Hash, 1)
	return translate(pgx.BeginTxFunc(ctx, p.DB.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		for range 3 { // BEGIN, what is written, COMMIT
			p.DB.trips()
		}
		return tx.SendBatch(ctx, &b).Close()
	}))
}
