package postgres

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

// Behind a connection pooler in transaction mode, each transaction may run in another session of the server. Nothing
// that a statement needs may therefore be kept in the session: each batch begins with the isolation level and the
// settings that it needs, which end with its transaction. The settings of the database URL are said in the same way.

// startupParams are the settings of a URL that stay in the connection's start-up message, which poolers accept. The
// last two are no settings that a transaction can make.
var startupParams = []string{
	"application_name", "client_encoding", "datestyle", "timezone", "standard_conforming_strings",
	"options", "replication",
}

// takeSettings removes from params the settings that each transaction must make for itself, and returns them by their
// names in lower case.
func takeSettings(params map[string]string) map[string]string {
	taken := map[string]string{}
	for name, value := range params {
		if lower := strings.ToLower(name); !slices.Contains(startupParams, lower) {
			taken[lower] = value
			delete(params, name)
		}
	}
	return taken
}

// The first statement of a batch may set the isolation level of the batch's transaction without BEGIN. SET TRANSACTION
// would do the same, but with a warning in the server's log.
var (
	oneSnapshot   = storage.Query{Text: "SET transaction_isolation TO 'repeatable read'"}
	readCommitted = storage.Query{Text: "SET transaction_isolation TO 'read committed'"}
)

// settingsQuery returns a query that makes settings until the transaction ends. Settings of the URL replace the given
// ones.
func settingsQuery(fromURL map[string]string, settings map[string]string) storage.Query {
	all := map[string]string{}
	maps.Copy(all, settings)
	maps.Copy(all, fromURL)
	calls, values := make([]string, 0, len(all)), make([]any, 0, 2*len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		values = append(values, name, all[name])
		n := len(values)
		calls = append(calls, "set_config($"+strconv.Itoa(n-1)+", $"+strconv.Itoa(n)+", true)")
	}
	return storage.Query{Text: "SELECT " + strings.Join(calls, ", "), Args: values}
}

// durableQuery returns a query that makes settings like settingsQuery, for transactions that write. What is committed
// is on disk before it is acknowledged, even if the server or the database has another default. Standbys are waited for
// as the server says.
func durableQuery(fromURL map[string]string, settings map[string]string) storage.Query {
	q := settingsQuery(fromURL, settings)
	if _, given := fromURL[synchronousCommit]; !given {
		q.Text += ", set_config('" + synchronousCommit + "', replace(current_setting('" + synchronousCommit +
			"'), 'off', 'on'), true)"
	}
	return q
}

const synchronousCommit = "synchronous_commit"

// planner holds the settings of the query planner. Random reads cost little more than sequential ones on an SSD, so the
// planner should prefer indexes.
var planner = map[string]string{"random_page_cost": "1.1"}

// indexesOnly holds the settings of the query planner for writes. Their statements get arrays with a few rows each, and
// find all other rows by primary key. One plan serves all calls: planning each call took as long as executing it. That
// plan must not be one which only suits the empty tables that a server may have when it makes the plan.
var indexesOnly = map[string]string{
	"plan_cache_mode": "force_generic_plan", "jit": "off",
	"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
}

// limited returns the planner settings together with limits on each statement, on its wait for a lock, and on the time
// that an open transaction waits for the next statement. They end what the client can no longer cancel. Zero is no
// limit.
func limited(statement, lock time.Duration) map[string]string {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	all := maps.Clone(planner)
	all["statement_timeout"], all["lock_timeout"] = milliseconds(statement), milliseconds(lock)
	all["idle_in_transaction_session_timeout"] = milliseconds(statement)
	return all
}

// withSettings returns settings together with others.
func withSettings(settings, others map[string]string) map[string]string {
	all := maps.Clone(settings)
	maps.Copy(all, others)
	return all
}

// startWith returns a batch that runs the queries of a prelude before those of b. It does not change b, because pgx
// remembers in a batch on which connection it was sent.
func startWith(prelude []storage.Query, b *pgx.Batch) *pgx.Batch {
	var all pgx.Batch
	for _, q := range prelude {
		queue(&all, q)
	}
	for _, q := range b.QueuedQueries {
		all.Queue(q.SQL, q.Arguments...).Fn = q.Fn
	}
	return &all
}
