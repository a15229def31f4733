package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	cancelEvery = time.Second // time between two requests to cancel a statement that nobody waits for
	cancelTimes = 10          // such requests, besides the one of the driver
)

// endOnServer repeats the request to cancel what the server still does for a closed connection, up to cancelTimes,
// until the driver has finished with it. The driver asks once, and the server ignores that if the statement has not
// arrived yet. Such a statement would wait for a lock without limit while it is parsed: the limits of its batch are set
// later.
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
