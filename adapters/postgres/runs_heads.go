package postgres

import (
	"slices"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
)

// The statements that decide which changes of a group are written. Each of them writes the runs' own rows and the
// receipts of the changes. The statements after them write rows only for the runs that these have moved.

// changedColumns are the columns of a run that a change sets.
var changedColumns = []column[runWrite]{
	columnOf(runs.State, "text[]", func(w *runWrite) string { return string(w.Row.State) }),
	columnOf(runs.Revision, "bigint[]", func(w *runWrite) int64 { return w.Row.Revision }),
	columnOf(runs.Seq, "bigint[]", func(w *runWrite) int64 { return w.Row.Head.Seq }),
	columnOf(runs.HeadHash, "text[]", func(w *runWrite) string { return w.Row.Head.Hash }),
	columnOf(runs.CurrentStep, "text[]", func(w *runWrite) *string { return storage.NonEmpty(w.Row.CurrentStep) }),
	columnOf(runs.FailureReason, "text[]", func(w *runWrite) *string { return failureText(w, w.failure().Reason) }),
	columnOf(runs.FailureAt, "timestamptz[]", func(w *runWrite) *time.Time { return optionalTime(w.failure().At) }),
	columnOf(runs.FailureBy, "text[]", func(w *runWrite) *string { return failureText(w, w.failure().By) }),
	columnOf(runs.StartedAt, "timestamptz[]", func(w *runWrite) *time.Time { return optionalTime(w.Row.StartedAt) }),
	columnOf(runs.UpdatedAt, "timestamptz[]", func(w *runWrite) time.Time { return w.Row.UpdatedAt }),
	columnOf(runs.ClosedAt, "timestamptz[]", func(w *runWrite) *time.Time { return optionalTime(w.Row.ClosedAt) }),
	columnOf(runs.Refusals, "bigint[]", func(w *runWrite) int64 { return int64(w.Row.Refusals) }),
	columnOf(runs.LastRefusal, "text[]", func(w *runWrite) *string { return storage.NonEmpty(w.Row.LastRefusal) }),
	columnOf(runs.Divergences, "text[]::json[]", func(w *runWrite) *string {
		return storage.NonEmpty(w.Row.Divergences)
	}),
	columnOf(runs.LastEventAt, "timestamptz[]", func(w *runWrite) time.Time { return w.Row.LastEventAt }),
}

var runID = columnOf(runs.ID, "uuid[]", func(w *runWrite) [16]byte { return w.id })

// createdColumns are the other columns of a run.
var createdColumns = []column[runWrite]{
	runID,
	columnOf(runs.ProcedureID, "text[]", func(w *runWrite) string { return w.Row.ProcedureID }),
	columnOf(runs.ProcedureVersion, "int[]", func(w *runWrite) int { return w.Row.ProcedureVersion }),
	columnOf(runs.UserID, "text[]", func(w *runWrite) string { return w.Row.UserID }),
	columnOf(runs.Reference, "text[]", func(w *runWrite) string { return w.Row.Reference }),
	columnOf(runs.Metadata, "text[]::json[]", func(w *runWrite) *string { return storage.Metadata(w.Row.Metadata) }),
	columnOf(runs.Erased, "text[]", func(w *runWrite) string { return w.Row.Erased }),
	columnOf(runs.CreatedAt, "timestamptz[]", func(w *runWrite) time.Time { return w.Row.CreatedAt }),
}

// movingColumns are the columns of a change to an existing run, together with the head that the run must have.
var movingColumns = withColumns(withReceipts(changedColumns), runID,
	columnOf(IntegerColumn("seq_before"), "bigint[]", func(w *runWrite) int64 { return w.Change.Before.Seq }),
	columnOf(StringColumn("hash_before"), "text[]", func(w *runWrite) string { return w.Change.PrevHash() }),
)

var creatingColumns = withColumns(createdColumns, withReceipts(changedColumns)...)

// withReceipts returns the columns together with those of the receipt, whose names begin with receipt_.
func withReceipts(columns []column[runWrite]) []column[runWrite] {
	all := slices.Clone(columns)
	for _, c := range receiptColumns {
		c.name = StringColumn("receipt_" + c.name.Name())
		all = append(all, c)
	}
	return all
}

// writeReceipts is a common table expression that writes the receipts of the changes in another one. It returns their
// keys, without those that are in use. All transactions write receipts in the same order, so that they do not wait for
// each other in a circle.
func writeReceipts(changes string) string {
	return `receipt AS (
		INSERT INTO idempotency_keys AS stored (` + namesOf("", receiptColumns) + `)
		SELECT ` + namesOf("receipt_", receiptColumns) + ` FROM ` + changes + ` WHERE receipt_key IS NOT NULL
		ORDER BY receipt_actor, receipt_operation, receipt_key
		ON CONFLICT (actor, operation, key) DO UPDATE SET ` + setsOf("excluded", receiptColumns) + `, answer = NULL
			WHERE stored.created_at < excluded.created_at - ` + receiptLife + `
		RETURNING actor, operation, key)`
}

// isReceived is the condition that a change needs no receipt, or that its receipt was written.
const isReceived = `(receipt_key IS NULL
	OR (receipt_actor, receipt_operation, receipt_key) IN (SELECT actor, operation, key FROM receipt))`

// The statements that update the runs which still have the head from before their change. The first one leaves out runs
// whose row somebody else has locked; the second one waits for the lock.
var (
	moveRuns        = newHeads((*runWrite).moves, movingColumns, moveStatement("SKIP LOCKED"))
	moveRunsWaiting = prepare(moveStatement(""))
)

// moveStatement returns a statement that moves runs. It returns the id of each run, and whether its row was locked with
// the head from before the change, whether it was updated, and whether it was not locked although it had that head when
// the statement began. If the row was locked but not updated, the key of the receipt is in use.
func moveStatement(locked string) builder {
	return raw(`
	WITH change AS (SELECT * FROM ` + tableOf("change", movingColumns) + `), locked AS (
		SELECT change.* FROM change
			JOIN runs ON runs.id = change.id AND runs.seq = change.seq_before AND runs.head_hash = change.hash_before
		ORDER BY change.id FOR NO KEY UPDATE OF runs ` + locked + `
	), ` + writeReceipts("locked") + `, moved AS (
		UPDATE runs SET ` + setsOf("locked", changedColumns) + ` FROM locked
		WHERE runs.id = locked.id AND ` + isReceived + `
		RETURNING runs.id, runs.head_hash
	)
	SELECT change.id::text, locked.id IS NOT NULL, moved.id IS NOT NULL, locked.id IS NULL AND EXISTS (
		SELECT FROM runs WHERE runs.id = change.id AND runs.head_hash = change.hash_before)
	FROM change LEFT JOIN locked ON locked.id = change.id LEFT JOIN moved ON moved.id = change.id
	WHERE ` + holdHeads("moved"))
}

// createRuns inserts new runs and returns their ids, without those whose receipt's key is in use.
var createRuns = newHeads((*runWrite).starts, creatingColumns, raw(`
	WITH started AS (SELECT * FROM `+tableOf("started", creatingColumns)+`), `+writeReceipts("started")+`, moved AS (
		INSERT INTO runs (`+namesOf("", createdColumns)+`, `+namesOf("", changedColumns)+`)
		SELECT `+namesOf("", createdColumns)+`, `+namesOf("", changedColumns)+` FROM started
		WHERE `+isReceived+`
		RETURNING id, head_hash
	)
	SELECT id::text FROM moved WHERE `+holdHeads("moved")))

// newHeads returns a statement for the rows of the runs themselves, for the changes that it concerns.
func newHeads(concerns func(*runWrite) bool, columns []column[runWrite], b builder) *groupStatement {
	s := &groupStatement{statement: prepare(b)}
	addColumns(s, columns)
	s.encode = func(e *encodedChange, w *runWrite) int {
		if !concerns(w) {
			return 0
		}
		for _, c := range columns {
			e.buf = c.append(e.buf, w)
			e.endColumn()
		}
		return 1
	}
	return s
}
