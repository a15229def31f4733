package caching_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/tests/contract"
)

// uncached returns a storage on a new database, without caches.
func uncached(t testing.TB) storage.Storage {
	t.Helper()
	return sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(100))
}

func decorate(t testing.TB, p app.Ports, c caching.Caches) app.Ports {
	t.Helper()
	p, err := caching.Decorate(p, c, prometheus.NewRegistry())
	require.NoError(t, err)
	return p
}

func inMemory() caching.Caches {
	return caching.Caches{
		Runs:       memory.NewCache(1<<20, caching.SizeOfRun),
		Procedures: memory.NewCache(1<<20, caching.SizeOfProcedure),
		Pages:      memory.NewCache(1<<20, caching.SizeOfPage),
	}
}

// codec encodes the values of a cache and decodes them.
type codec[V any] interface {
	Encode(v V) ([]byte, error)
	Decode(ctx context.Context, data []byte) (V, error)
}

// unreliableCache violates the contract of a cache at random: it returns errors, finds nothing, or returns any value
// that was ever stored under the key. It stores encoded values and checks that they decode to the same value.
type unreliableCache[V any] struct {
	t      *testing.T
	codec  codec[V]
	mu     sync.Mutex
	values map[string][][]byte // all values ever stored, by key
}

func (c *unreliableCache[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.values[key]
	switch chance := rand.IntN(10); {
	case chance == 0:
		return v, true, errors.New("get failed")
	case chance == 1 || len(all) == 0:
		return v, false, nil
	default:
		v, err = c.codec.Decode(ctx, all[rand.IntN(len(all))])
		return v, true, err
	}
}

func (c *unreliableCache[V]) Put(ctx context.Context, key string, _ int64, v V) (bool, error) {
	data, err := c.codec.Encode(v)
	assert.NoError(c.t, err)
	decoded, err := c.codec.Decode(ctx, data)
	assert.NoError(c.t, err)
	again, err := c.codec.Encode(decoded)
	assert.NoError(c.t, err)
	assert.Equal(c.t, string(data), string(again)) // the definition may have been compiled twice
	if rand.IntN(5) == 0 {
		return false, errors.New("put failed")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = append(c.values[key], data)
	return rand.IntN(2) == 0, nil
}

func (c *unreliableCache[V]) Evict(context.Context, string, int64) error {
	if rand.IntN(2) == 0 {
		return errors.New("evict failed")
	}
	return nil
}

func newUnreliableCache[V any](t *testing.T, c codec[V]) *unreliableCache[V] {
	return &unreliableCache[V]{t: t, codec: c, values: map[string][][]byte{}}
}

// TestStorage runs the storage suite with each cache. Even with the unreliable cache it must pass, because each cached
// value is compared with the database.
func TestStorage(t *testing.T) {
	for name, caches := range map[string]func(*testing.T, app.Ports) caching.Caches{
		"memory": func(*testing.T, app.Ports) caching.Caches { return inMemory() },
		"unreliable": func(t *testing.T, p app.Ports) caching.Caches {
			return caching.Caches{
				Runs:       newUnreliableCache(t, caching.RunCodec{Definitions: p.Definitions}),
				Procedures: newUnreliableCache(t, caching.Codec[procedure.Record]{}),
				Pages:      newUnreliableCache(t, caching.Codec[caching.Page]{}),
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			contract.RunStorage(t, func(t *testing.T) storage.Storage {
				s := uncached(t)
				s.App = decorate(t, s.App, caches(t, s.App))
				return s
			})
		})
	}
}

// TestMain reduces the number of random command sequences in the storage suite. The suite runs once for each cache, and
// only the caches are under test here.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
