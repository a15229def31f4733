package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	cancelEvery = time.Second // time between requests to end a statement that nobody waits for
	cancelTimes = 10
)

// endOnServer asks the server again and again to end what a closed connection was doing, until the server has closed
// it too. The driver asks once, and the server ignores that if the statement has not arrived yet. The statement would
// then wait for its lock without limit while it is parsed: parsing comes before the limits of the batch are set.
func endOnServer(conn *pgconn.PgConn) {
	tick := time.NewTicker(cancelEvery)
	defer tick.Stop()
	for range cancelTimes {
		select {
		case <-conn.CleanupDone():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), cancelEvery)
		_ = conn.CancelRequest(ctx) // a server that cannot be reached may answer the next one
		cancel()
	}
}
