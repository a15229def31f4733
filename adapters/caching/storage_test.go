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

// plain are the ports over a database of the test's own, nothing in front of them.
func plain(t testing.TB) storage.Storage {
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
		Runs: memory.NewCache(1<<20, caching.WeighRun), Procedures: memory.NewCache(1<<20, caching.WeighProcedure), Pages: memory.NewCache(1<<20, caching.WeighPage),
	}
}

// codec writes what a cache keeps and reads it back.
type codec[V any] interface {
	Encode(v V) ([]byte, error)
	Decode(ctx context.Context, data []byte) (V, error)
}

// treacherous is a cache at its worst: it fails, forgets, and gives anything that it was ever given for the key. It keeps what the
// codec writes, and holds that it reads back the same.
type treacherous[V any] struct {
	t     *testing.T
	codec codec[V]
	mu    sync.Mutex
	kept  map[string][][]byte
}

func (c *treacherous[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.kept[key]
	switch chance := rand.IntN(10); {
	case chance == 0:
		return v, true, errors.New("it failed half-way")
	case chance == 1 || len(all) == 0:
		return v, false, nil
	default:
		v, err = c.codec.Decode(ctx, all[rand.IntN(len(all))])
		return v, true, err
	}
}

func (c *treacherous[V]) Put(ctx context.Context, key string, _ int64, v V) (bool, error) {
	data, err := c.codec.Encode(v)
	assert.NoError(c.t, err)
	back, err := c.codec.Decode(ctx, data)
	assert.NoError(c.t, err)
	assert.Equal(c.t, v, back)
	if rand.IntN(5) == 0 {
		return false, errors.New("it failed")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[key] = append(c.kept[key], data)
	return rand.IntN(2) == 0, nil
}

func treacherousWith[V any](t *testing.T, c codec[V]) *treacherous[V] {
	return &treacherous[V]{t: t, codec: c, kept: map[string][][]byte{}}
}

// The storage suite holds behind every cache, also one that breaks its promises: what it gives is checked.
func TestStorage(t *testing.T) {
	for name, caches := range map[string]func(*testing.T, app.Ports) caching.Caches{
		"memory": func(*testing.T, app.Ports) caching.Caches { return inMemory() },
		"treacherous": func(t *testing.T, p app.Ports) caching.Caches {
			return caching.Caches{
				Runs: treacherousWith(t, caching.RunCodec{Definitions: p.Definitions}), Procedures: treacherousWith(t, caching.Codec[procedure.Record]{}), Pages: treacherousWith(t, caching.Codec[caching.Page]{}),
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			contract.RunStorage(t, func(t *testing.T) storage.Storage {
				s := plain(t)
				s.App = decorate(t, s.App, caches(t, s.App))
				return s
			})
		})
	}
}

// TestMain bounds the random walks: they are many on each database, and here the cache is what is tried.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
