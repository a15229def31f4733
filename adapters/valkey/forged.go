package valkey

import (
	"strings"
	"sync"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

// forgedLogInterval is the least time between two log records about entries that are not authentic.
const forgedLogInterval = time.Minute

// forgedLog counts the entries that are not authentic, and limits the log records about them.
type forgedLog struct {
	mu       sync.Mutex
	count    int // since the last record
	loggedAt time.Time
}

// forged logs that an entry is not authentic, at most once per forgedLogInterval, and returns the error.
func (s *Server) forged(e forgedError) error {
	l := &s.forgeries
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	if l.loggedAt.IsZero() || time.Since(l.loggedAt) >= forgedLogInterval {
		s.log.Error("the shared cache holds an entry that this service did not write; it is ignored and replaced",
			"key", e.key, "entries", l.count)
		l.count, l.loggedAt = 0, time.Now()
	}
	return e
}

// isWrongType reports whether a key does not hold a string. The service writes only strings.
func isWrongType(err error) bool {
	reply, is := driver.IsValkeyErr(err)
	return is && strings.HasPrefix(reply.Error(), "WRONGTYPE")
}
