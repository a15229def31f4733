package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/adapters/storage"
)

// Each kind of work has connections of its own, so that none can take those of another. A statement that waits for a
// connection while it holds one takes the two in this order: scans or writes first, then reads. No circle of waiting
// statements can therefore form.

// maxConnections is the maximum number of connections of all kinds together, unless the URL sets pool_max_conns.
const maxConnections = 24

// minConnections is the lowest value of pool_max_conns: one connection for each kind of work.
const minConnections = 4

const (
	operationTime = 3500 * time.Millisecond // maximum time of a read or write, including the wait for a connection
	rowTime       = 3 * time.Millisecond    // added to it for each row that a write holds
	largeTime     = 25 * time.Second        // maximum time of the largest writes
	readyTime     = 1500 * time.Millisecond // maximum time of a readiness check
	longTime      = 30 * time.Second        // maximum time of a statement of the background work
	closeTime     = 3 * time.Second         // maximum time to close the connections
	rollbackTime  = 500 * time.Millisecond
	lockTime      = 2 * time.Second         // maximum time that a read or write waits for a lock
	watchEvery    = 1500 * time.Millisecond // time between the questions whether the server is alive, during scans
	connectTime   = 3 * time.Second         // maximum time to open a connection
)

// budget is the maximum number of connections for each kind of work.
type budget struct{ reads, writes, scans, ready int32 }

// budgetOf divides a number of connections: one for readiness, a quarter for scans, the rest for reads and writes.
func budgetOf(total int32) budget {
	b := budget{ready: 1, scans: max(1, total/4)}
	b.writes = max(1, (total-b.ready-b.scans)*2/5)
	b.reads = total - b.ready - b.scans - b.writes
	return b
}

// lanes holds the connections of all kinds of work.
type lanes struct {
	reads, snapshots, writes, ready lane
	scans                           lane // verification and exports: no time limit, but the server must stay alive
	background                      lane // feed, checkpoints and clean-up, on the connections of the scans
}

// openLanes creates the pools. It does not connect. The settings are those of the URL.
func openLanes(
	ctx context.Context, config *pgxpool.Config, b budget, settings map[string]string,
) (l lanes, err error) {
	pools := make([]*pgxpool.Pool, 0, minConnections)
	for _, size := range []int32{b.reads, b.writes, b.scans, b.ready} {
		own := config.Copy()
		own.MaxConns, own.MinConns, own.MinIdleConns = size, min(own.MinConns, size), min(own.MinIdleConns, size)
		if len(pools) > 0 { // idle connections are kept for reads
			own.MinConns, own.MinIdleConns = 0, 0
		}
		pool, err := pgxpool.NewWithConfig(ctx, own)
		if err != nil {
			closeAll(pools)
			return l, err
		}
		pools = append(pools, pool)
	}
	l.setUp(pools, settings)
	return l, nil
}

// setUp sets the lanes over the pools.
func (l *lanes) setUp(pools []*pgxpool.Pool, settings map[string]string) {
	reading := func(own map[string]string) []storage.Query {
		return []storage.Query{oneSnapshot, settingsQuery(settings, own)}
	}
	writing := func(own map[string]string) []storage.Query {
		return []storage.Query{readCommitted, durableQuery(settings, own)}
	}
	var plain []storage.Query // a read of one row by its key needs no settings but those of the URL
	if len(settings) > 0 {
		plain = []storage.Query{settingsQuery(settings, nil)}
	}
	l.reads = lane{pool: pools[0], prelude: plain, timeout: operationTime, again: isLost}
	l.snapshots = lane{pool: pools[0], timeout: operationTime, again: isLost,
		prelude: reading(limited(operationTime, lockTime))}
	l.writes = lane{pool: pools[1], timeout: operationTime,
		prelude: writing(withSettings(limited(largeTime, lockTime), indexesOnly))}
	l.scans = lane{pool: pools[2], again: isLost, prelude: reading(limited(0, longTime))}
	l.background = lane{pool: pools[2], timeout: longTime, again: isLost,
		prelude: writing(limited(longTime, longTime))}
	l.ready = lane{pool: pools[3], prelude: plain, timeout: readyTime, again: isLost}
}

// shared returns the database for one port. The port may use two thirds of the connections for reads, and two thirds of
// those for writes: a lock on the port's tables then leaves connections for other ports.
func (d *DB) shared() *DB {
	own := *d
	part := func(p *pgxpool.Pool) *share { return &share{slots: make(chan struct{}, (p.Config().MaxConns*2+2)/3)} }
	own.reads.share, own.writes.share = part(d.reads.pool), part(d.writes.pool)
	own.snapshots.share = own.reads.share
	return &own
}

// totalConnections returns the maximum number of connections of all kinds together.
func totalConnections(databaseURL string, config *pgxpool.Config) (int32, error) {
	own, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return 0, invalidURL(err)
	}
	if _, given := own.RuntimeParams["pool_max_conns"]; !given {
		return maxConnections, nil
	}
	if config.MaxConns < minConnections {
		return 0, TooFewConnectionsError{Given: config.MaxConns, Min: minConnections}
	}
	return config.MaxConns, nil
}

// TooFewConnectionsError means that pool_max_conns in a database URL is too small: each kind of work needs a
// connection.
type TooFewConnectionsError struct{ Given, Min int32 }

func (e TooFewConnectionsError) Error() string {
	return fmt.Sprintf("database URL: pool_max_conns is %d; at least %d are needed", e.Given, e.Min)
}

// prepareConfig sets what all pools have in common. It removes the settings that transactions must make for themselves,
// and returns them.
func prepareConfig(config *pgxpool.Config) (settings map[string]string) {
	params := config.ConnConfig.RuntimeParams
	settings = takeSettings(params)
	if params["application_name"] == "" {
		params["application_name"] = "procedo"
	}
	if config.ConnConfig.ConnectTimeout <= 0 || config.ConnConfig.ConnectTimeout > connectTime {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	config.ShouldPing, config.PrepareConn = shouldPing, prepareConn
	config.AfterConnect = acceptBinaryArrays
	return settings
}

func closeAll(pools []*pgxpool.Pool) {
	for _, p := range pools {
		p.Close()
	}
}

// close closes the pools. It does not wait longer than closeTime for a server that does not answer.
func (l lanes) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		closeAll([]*pgxpool.Pool{l.scans.pool, l.ready.pool, l.writes.pool, l.reads.pool})
	}()
	select {
	case <-closed:
	case <-time.After(closeTime):
	}
}
