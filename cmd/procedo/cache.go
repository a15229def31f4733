package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/headcheck"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

const (
	defaultMemoryMegabytes = 32
	maxMemoryMegabytes     = 1 << 20

	// answerMegabytes is the size of the cache of rendered answers if the other caches are on a server.
	answerMegabytes = 16
)

// cached returns the ports of s behind the cache that w.cacheURL selects, and the cache of rendered answers. If the URL
// is "" or none:, there is no cache. It also returns a function that closes the connections to the cache.
func (w wiring) cached(
	ctx context.Context, s storage.Storage,
) (ports app.Ports, a answers, closeCache func(), err error) {
	closeCache = func() {}
	if w.cacheURL == "" {
		return s.App, a, closeCache, nil
	}
	kind, err := readCacheURL(w.cacheURL)
	if err != nil {
		return s.App, a, closeCache, err
	}
	var caches caching.Caches
	switch {
	case kind.server:
		if caches, closeCache, err = w.onServer(ctx, s); err != nil {
			return s.App, a, closeCache, err
		}
		a = newAnswers(answerMegabytes << 20)
	case kind.megabytes > 0:
		caches, a = inMemory(kind.megabytes << 20)
	default:
		return s.App, a, closeCache, nil
	}
	caches.RunAnswers, caches.ProcedureAnswers = a.runs, a.procedures
	s.App = headcheck.Share(s)
	ports, err = caching.Decorate(s.App, caches, w.metrics)
	return ports, a, closeCache, err
}

// answers is the cache of rendered answers. Its fields are nil if there is none.
type answers struct {
	runs, procedures *caching.Answers[httpadapter.Answers]
}

// newAnswers returns a cache of rendered answers of the given number of bytes. Most of it is for runs, as in inMemory.
func newAnswers(bytes int) answers {
	cache := func(bytes int) *caching.Answers[httpadapter.Answers] {
		return caching.NewAnswers(memory.NewMergingCache(bytes, httpadapter.Answers.Size, httpadapter.Answers.With))
	}
	return answers{runs: cache(bytes / 8 * 7), procedures: cache(bytes / 8)}
}

// addTo sets the caches of a server's answers.
func (a answers) addTo(c *httpadapter.Config) {
	if a.runs != nil {
		c.RunAnswers, c.ProcedureAnswers = a.runs, a.procedures
	}
}

// cacheKind says which cache a URL selects: on a server, in memory, or none.
type cacheKind struct {
	server    bool
	megabytes int // of a cache in memory
}

// readCacheURL reads a cache URL. The settings of a server are left to the client of the server.
func readCacheURL(address string) (kind cacheKind, err error) {
	switch scheme, settings, _ := strings.Cut(address, ":"); scheme {
	case "memory":
		if kind.megabytes, err = memoryMegabytes(settings); err != nil {
			return kind, fmt.Errorf("%s: %w", redacted(address), err)
		}
	case "none":
		if settings != "" {
			return kind, failure("cache_none", fault.Params{"url": redacted(address)})
		}
	case "valkey", "valkeys":
		kind.server = true
	default:
		return kind, failure("cache_url", fault.Params{"url": redacted(address)})
	}
	return kind, nil
}

// checkCacheURL returns an error if a cache URL is not valid. It does not connect.
func checkCacheURL(address string) error {
	kind, err := readCacheURL(address)
	if err != nil || !kind.server {
		return err
	}
	server, err := valkey.Open(address, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	server.Close()
	return nil
}

// onServer returns caches on the Valkey server of w.cacheURL, and a function that closes the connections to it. Their
// values are authenticated with a key from the database.
func (w wiring) onServer(ctx context.Context, s storage.Storage) (c caching.Caches, closeServer func(), err error) {
	closeServer = func() {}
	master, err := hmacKey(ctx, s.Keys)
	if err != nil {
		return c, closeServer, err
	}
	secret, err := app.CacheKey(master)
	if err != nil {
		return c, closeServer, err
	}
	server, err := valkey.Open(w.cacheURL, w.log)
	if err != nil {
		return c, closeServer, err
	}
	return w.traces.ofCaches(caching.Caches{
		Runs:       valkey.NewCache(server, secret, "run", caching.RunCodec{Definitions: s.App.Definitions}),
		Procedures: valkey.NewCache(server, secret, "procedure", caching.Codec[procedure.Record]{}),
		Pages:      valkey.NewCache(server, secret, "procedures", caching.Codec[caching.Page]{}),
	}, "valkey"), server.Close, nil
}

// inMemory returns caches that share the given number of bytes. Runs and what is rendered of them get most of the
// bytes, because runs are numerous and large.
func inMemory(bytes int) (caching.Caches, answers) {
	return caching.Caches{
		Runs:       memory.NewCache(bytes/8*4, caching.SizeOfRun),
		Procedures: memory.NewCache(bytes/16, caching.SizeOfProcedure),
		Pages:      memory.NewCache(bytes/16, caching.SizeOfPage),
	}, newAnswers(bytes / 8 * 3)
}

// memoryMegabytes returns the size of the cache. The settings are the part of a cache URL after "memory:", such as
// "?megabytes=64".
func memoryMegabytes(settings string) (megabytes int, err error) {
	query, err := url.ParseQuery(strings.TrimPrefix(settings, "?"))
	if err != nil || settings != "" && settings[0] != '?' {
		return 0, failure("cache_memory", nil)
	}
	for name := range query {
		if name != "megabytes" {
			return 0, failure("cache_setting", fault.Params{"name": name})
		}
	}
	if !query.Has("megabytes") {
		return defaultMemoryMegabytes, nil
	}
	megabytes, err = strconv.Atoi(query.Get("megabytes"))
	if err != nil || megabytes < 1 || megabytes > maxMemoryMegabytes {
		return 0, failure("cache_megabytes", fault.Params{"max": maxMemoryMegabytes})
	}
	return megabytes, nil
}
