package postgres

import (
	"context"
	"maps"
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

var background = context.Background()

// ListStatement returns the statement of ListRuns.
func ListStatement(f app.RunFilter) (query string, args []any) { return listRuns(f).Sql() }

// SortedListStatement returns the statement of ListRuns without merging states: all runs that the filter selects,
// sorted.
func SortedListStatement(f app.RunFilter) (query string, args []any) {
	return newestRuns(SELECT(runColumns).FROM(runs).WHERE(runFilter(f)), f).Sql()
}

// EventStatement returns the statement of ListEvents.
func EventStatement(f app.EventFilter) (query string, args []any) { return listEvents(f).Sql() }

// Exec runs a statement and fails the test if it returns an error.
func (d *DB) Exec(t interface{ Fatalf(string, ...any) }, query string, args ...any) {
	if _, err := d.reads.pool.Exec(background, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Populate runs statements on one connection, without the statement timeout.
func (d *DB) Populate(t interface{ Fatalf(string, ...any) }, statements ...string) {
	conn, err := d.reads.pool.Acquire(background)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer conn.Release()
	statements = slices.Concat([]string{"SET statement_timeout = 0"}, statements, []string{"RESET statement_timeout"})
	for _, statement := range statements {
		if _, err := conn.Exec(background, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// SettingOfWrites returns a setting as transactions that write have it: those of requests, and those in the background.
func (d *DB) SettingOfWrites(t interface{ Fatalf(string, ...any) }, name string) (all []string) {
	for _, l := range []lane{d.writes, d.background} {
		q := storage.Query{Text: "SELECT current_setting($1)", Args: []any{name}}
		err := d.queryOn(background, l, q, func(rows pgx.Rows) error {
			var value string
			err := rows.Scan(&value)
			all = append(all, value)
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

// Text returns the result of a query with one row and one text column. It is read like a list.
func (d *DB) Text(t interface{ Fatalf(string, ...any) }, query string, args ...any) (text string) {
	q := storage.Query{Text: query, Args: args}
	if err := d.query(background, q, func(rows pgx.Rows) error { return rows.Scan(&text) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

// GenericPlan returns the plan of a statement for any parameters, in JSON. The plan uses an index wherever it can.
func (d *DB) GenericPlan(t interface{ Fatalf(string, ...any) }, query string) (plan string) {
	n, err := d.Params(query)
	if err == nil {
		err = d.reads.pool.AcquireFunc(background, func(conn *pgxpool.Conn) error {
			null := strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ")
			if n > 0 {
				null = "(" + null + ")"
			}
			for _, s := range []string{
				"BEGIN", "SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL enable_seqscan = off",
				"PREPARE planned AS " + query,
			} {
				if _, err := conn.Exec(background, s); err != nil {
					return err
				}
			}
			err := conn.QueryRow(background, "EXPLAIN (FORMAT JSON) EXECUTE planned "+null).Scan(&plan)
			_, _ = conn.Exec(background, "ROLLBACK")
			_, _ = conn.Exec(background, "DEALLOCATE planned")
			return err
		})
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return plan
}

// Declared returns all statements that the package has prepared.
func Declared() []storage.Statement { return declared }

// Params returns the number of parameters that PostgreSQL finds in a statement.
func (d *DB) Params(query string) (n int, err error) {
	err = d.reads.pool.AcquireFunc(background, func(conn *pgxpool.Conn) error {
		parsed, err := conn.Conn().Prepare(background, "", query)
		if err == nil {
			n = len(parsed.ParamOIDs)
		}
		return err
	})
	return n, err
}

// StartupParams returns the settings in the start-up messages of all pools.
func (d *DB) StartupParams() map[string]string {
	all := map[string]string{}
	for _, l := range d.kinds() {
		maps.Copy(all, l.pool.Config().ConnConfig.RuntimeParams)
	}
	maps.Copy(all, d.connection.RuntimeParams)
	return all
}

// kinds returns the lanes by name.
func (d *DB) kinds() map[string]lane {
	return map[string]lane{
		"reads": d.reads, "snapshots": d.snapshots, "writes": d.writes, "scans": d.scans, "background": d.background,
		"ready": d.ready,
	}
}

// SettingsSeen returns the values of settings that a batch of each kind sees.
func (d *DB) SettingsSeen(t require.TestingT, names ...string) map[string][]string {
	return d.settingsSeen(t, names, func(l lane) lane { return l })
}

// SettingsOfSessions returns the values of settings in the sessions of each kind, outside of the batches.
func (d *DB) SettingsOfSessions(t require.TestingT, names ...string) map[string][]string {
	return d.settingsSeen(t, names, func(l lane) lane { return lane{pool: l.pool, again: isLost, timeout: l.timeout} })
}

func (d *DB) settingsSeen(t require.TestingT, names []string, as func(lane) lane) map[string][]string {
	seen := map[string][]string{}
	for kind, l := range d.kinds() {
		for _, name := range names {
			q := storage.Query{Text: "SELECT current_setting($1)", Args: []any{name}}
			require.NoError(t, d.queryOn(background, as(l), q, func(rows pgx.Rows) error {
				var value string
				err := rows.Scan(&value)
				seen[kind] = append(seen[kind], value)
				return err
			}))
		}
	}
	return seen
}

// BudgetOf returns the number of connections of each kind.
func BudgetOf(total int32) []int32 {
	b := budgetOf(total)
	return []int32{b.reads, b.writes, b.scans, b.ready}
}

// WriteTogether writes changes in one group, which Append would do if they waited at the same moment.
func (s Runs) WriteTogether(t require.TestingT, changes ...app.RunChange) (each []error, whole error) {
	all := make([]*runWrite, len(changes))
	callers := make([]context.Context, len(changes))
	for i, c := range changes {
		w, err := newRunWrite(c, s.Secrets)
		require.NoError(t, err)
		own := s.DB.writes.forRows(w.RowCount())
		caller, p, cancel := patient(background, own.timeout, &progress{})
		defer cancel()
		w.patience, all[i], callers[i] = p, w, caller
	}
	each, whole = s.writeGroup(background, all)
	for _, caller := range callers {
		if caller.Err() != nil { // the caller has left before there was a result
			return nil, context.Cause(caller)
		}
	}
	return each, whole
}

// IsSeparable reports whether the changes of a group with this error are written again one by one.
func IsSeparable(err error) bool { return isSeparable(err) }

// Translate is translate.
var Translate = translate
