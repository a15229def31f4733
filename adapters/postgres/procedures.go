package postgres

import (
	"context"
	"errors"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures implements app.Procedures and app.ProcedureList: it stores definitions.
type Procedures struct{ DB *DB }

var (
	procedures, versions, procedureList = table.Procedures, table.ProcedureVersions, table.ProcedureList

	selectProcedure = prepare(procedureRecords().WHERE(procedures.ID.EQ(textParam("id"))))

	selectProcedureHead = prepare(SELECT(procedures.Seq, procedures.HeadHash).FROM(procedures).
				WHERE(procedures.ID.EQ(textParam("id"))))

	selectListHead = prepare(SELECT(procedureList.Generation, procedureList.LastHash).FROM(procedureList).
			WHERE(procedureList.ID.EQ(Int(1))))

	// advanceList increments the generation of the list of procedures, a counter of the changes to all procedures. It
	// also stores the hash of the change's last event.
	advanceList = prepare(procedureList.UPDATE().
			SET(
			procedureList.Generation.SET(procedureList.Generation.ADD(Int(1))),
			procedureList.LastHash.SET(textParam("last_hash")),
		).WHERE(procedureList.ID.EQ(Int(1))))

	selectDocument = prepare(
		SELECT(versions.Digest, versions.Conditions, versions.CreatedAt, versions.CreatedBy, versions.Document).
			FROM(versions).
			WHERE(versions.ProcedureID.EQ(textParam("id")).AND(versions.Version.EQ(intParam("version")))),
	)

	insertProcedure = prepare(insertInto(procedures, procedures.AllColumns))

	updateProcedure = prepare(update(procedures, procedures.AllColumns.Except(procedures.ID)).
			WHERE(procedures.ID.EQ(textParam("id")).
				AND(procedures.Seq.EQ(intParam("seq_before"))).
				AND(procedures.HeadHash.EQ(textParam("hash_before")))))
)

// procedureRecords returns a new statement at each call, because go-jet's methods change the statement that they are
// called on.
func procedureRecords() SelectStatement {
	return SELECT(
		procedures.ID, procedures.Name, procedures.Description, procedures.Language, procedures.Status,
		procedures.Version, procedures.Seq, procedures.HeadHash, procedures.LastEventAt,
		versions.Digest, versions.Conditions, versions.CreatedAt, versions.CreatedBy,
	).FROM(procedures.INNER_JOIN(versions,
		versions.ProcedureID.EQ(procedures.ID).AND(versions.Version.EQ(procedures.Version))))
}

func scanProcedure(row storage.Scanner) (procedure.Record, error) {
	var r procedure.Record
	err := row.Scan(
		&r.ID, &r.Name, &r.Description, &r.Language, &r.Status, &r.Version, &r.Head.Seq, &r.Head.Hash, &r.LastEventAt,
		&r.Digest, storage.Meaning(&r.Meaning), &r.CreatedAt, &r.CreatedBy,
	)
	r.CreatedAt, r.LastEventAt = r.CreatedAt.UTC(), r.LastEventAt.UTC()
	return r, err
}

// Load returns the procedure's current record.
func (p Procedures) Load(ctx context.Context, id string) (procedure.Record, error) {
	r, err := scanProcedure(p.DB.row(ctx, selectProcedure.Bind(args{"id": id})))
	if errors.Is(err, pgx.ErrNoRows) {
		return procedure.Record{}, storage.ErrNoProcedure
	}
	return r, translate(err)
}

// Head returns the sequence number and the hash of the procedure's last event.
func (p Procedures) Head(ctx context.Context, id string) (audit.Head, error) {
	h, err := storage.ScanHead(p.DB.row(ctx, selectProcedureHead.Bind(args{"id": id})))
	if errors.Is(err, pgx.ErrNoRows) {
		return h, storage.ErrNoProcedure
	}
	return h, translate(err)
}

// ListHead returns the number of changes to all procedures so far, and the hash of the newest change's last event.
func (p Procedures) ListHead(ctx context.Context) (audit.Head, error) {
	h, err := storage.ScanHead(p.DB.row(ctx, selectListHead.Bind(nil)))
	return h, translate(err)
}

// Document returns one version with the canonical bytes of its document.
func (p Procedures) Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error) {
	r := procedure.VersionRecord{ID: id, Version: version}
	var document string
	err := p.DB.row(ctx, selectDocument.Bind(args{"id": id, "version": version})).
		Scan(&r.Digest, storage.Meaning(&r.Meaning), &r.CreatedAt, &r.CreatedBy, &document)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, nil, storage.ErrNoVersion
	}
	r.CreatedAt = r.CreatedAt.UTC()
	return r, []byte(document), translate(err)
}

// ListProcedures returns a page of the records that match the filter, sorted by the bytes of their ids.
func (p Procedures) ListProcedures(
	ctx context.Context, f app.ProcedureFilter,
) (app.Page[procedure.Record], error) {
	where := Bool(true)
	if f.Query != "" {
		where = where.AND(RawBool(`(procedures.id ILIKE #query OR procedures.name ILIKE #query)`,
			RawArgs{"#query": "%" + likeEscaper.Replace(f.Query) + "%"}))
	}
	if f.Status != "" {
		where = where.AND(procedures.Status.EQ(String(string(f.Status))))
	}
	if f.After != "" {
		where = where.AND(procedures.ID.GT(String(f.After)))
	}
	q := build(procedureRecords().WHERE(where).ORDER_BY(procedures.ID.ASC()).LIMIT(storage.Rows(f.Size)))
	page := storage.NewPager[procedure.Record](f.Size)
	err := p.DB.query(ctx, q, func(rows pgx.Rows) error {
		r, err := scanProcedure(rows)
		return page.Add(r, r.Size(), err)
	})
	return page.Page(err)
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Versions returns at most limit versions, newest first. If beforeVersion is not 0, it returns only versions with lower
// numbers.
func (p Procedures) Versions(
	ctx context.Context, id string, beforeVersion, limit int,
) (all []procedure.VersionRecord, err error) {
	where := versions.ProcedureID.EQ(String(id))
	if beforeVersion > 0 {
		where = where.AND(versions.Version.LT(Int(int64(beforeVersion))))
	}
	q := build(SELECT(versions.Version, versions.Digest, versions.Conditions, versions.CreatedAt, versions.CreatedBy).
		FROM(versions).
		WHERE(where).ORDER_BY(versions.Version.DESC()).LIMIT(int64(limit)))
	err = p.DB.query(ctx, q, func(rows pgx.Rows) error {
		r := procedure.VersionRecord{ID: id}
		err := rows.Scan(&r.Version, &r.Digest, storage.Meaning(&r.Meaning), &r.CreatedAt, &r.CreatedBy)
		r.CreatedAt = r.CreatedAt.UTC()
		all = append(all, r)
		return err
	})
	return all, err
}

// Append writes a change in one transaction. It returns app.ErrMoved if another writer changed the procedure first.
//
// Changes of all procedures update one common row, the row of the list of procedures. With READ COMMITTED, concurrent
// changes wait for the row's lock instead of failing. A change updates this row last, so that it holds the lock only
// briefly.
func (p Procedures) Append(ctx context.Context, c app.ProcedureChange) error {
	var b pgx.Batch
	row := storage.ProcedureArgs(c.After)
	row["last_event_at"] = c.After.LastEventAt
	if c.Before.Seq == 0 {
		queue(&b, insertProcedure.Bind(row))
	} else {
		row["seq_before"], row["hash_before"] = c.Before.Seq, c.Before.Hash
		queue(&b, updateProcedure.Bind(row)).Exec(func(done pgconn.CommandTag) error {
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
	queue(&b, advanceList.Bind(args{"last_hash": c.After.Head.Hash}))
	return translate(p.DB.inTransaction(ctx, p.DB.writes.forRows(rowsOf(&b)), func(ctx context.Context, tx pgx.Tx) error {
		return p.DB.sendOn(ctx, tx, startWith(p.DB.writes.prelude, &b))
	}))
}
