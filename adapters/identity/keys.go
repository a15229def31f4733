package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
)

// errKeysUnavailable says that the keys of an issuer, or a new key among them, could not be fetched.
var errKeysUnavailable = errors.New("the keys of the issuer cannot be fetched")

const (
	// refetchAfter is the time after a fetch for an unknown key that found nothing new, before the next one. It keeps
	// tokens with invented key ids from making the service ask the issuer again and again.
	refetchAfter = 10 * time.Second
	// fetchTime limits a fetch. It leaves time to answer within the five seconds that a request may wait.
	fetchTime = 4 * time.Second
)

// keySet holds the keys of an issuer. It fetches them when the first token arrives, and again for a key id that it does
// not know. The keys stay until another fetch succeeds, whatever becomes of the issuer.
//
// The client of package jwkset is not used: the time for which it waits for its limit would also limit the fetch
// itself, and requests that arrive during a fetch would be refused.
type keySet struct {
	jwkset.Storage // the present keys
	source         *source
	issuer         Issuer
	now            func() time.Time
	log            *slog.Logger
	ctx            context.Context // of the Authenticator
	running        *sync.WaitGroup

	changes atomic.Uint64 // how often the keys have changed

	mu      sync.Mutex
	present []jwkset.JWKMarshal // the present keys as they were fetched; empty before the first fetch
	fetch   *fetch              // that is running; nil: none
	notNow  time.Time           // before then, no fetch for an unknown key begins
	lastErr error               // of the last fetch
}

// fetch is a fetch of the keys that has begun.
type fetch struct {
	done     chan struct{}
	first    bool // there were no keys before
	onDemand bool // a token needs it
	changed  bool // the keys are others than before
	err      error
}

// overFetch stands for a fetch that was over before it was needed.
var overFetch = func() *fetch {
	f := &fetch{done: make(chan struct{}), changed: true}
	close(f.done)
	return f
}()

func newKeySet(
	ctx context.Context, i Issuer, client *http.Client, now func() time.Time, log *slog.Logger, running *sync.WaitGroup,
) *keySet {
	return &keySet{
		Storage: jwkset.NewMemoryStorage(), source: &source{issuer: i.URL, client: client}, issuer: i, now: now,
		log: log, ctx: ctx, running: running,
	}
}

// generation returns a number that is another one after the keys have changed.
func (k *keySet) generation() uint64 { return k.changes.Load() }

// KeyRead returns the key with the given id. It implements jwkset.Storage.
func (k *keySet) KeyRead(ctx context.Context, id string) (jwkset.JWK, error) {
	for {
		seen := k.generation()
		if key, err := k.Storage.KeyRead(ctx, id); err == nil {
			return key, nil
		}
		f, own, err := k.begin(ctx, seen, true)
		if err == nil {
			err = f.wait(ctx)
		}
		if err != nil {
			return jwkset.JWK{}, err
		}
		if own || f.first {
			break
		}
		// The fetch began, or was over, before this call: the issuer may have got the key since.
	}
	key, err := k.Storage.KeyRead(ctx, id)
	if err != nil {
		k.refuseFetches() // the id is invented, even if the fetch found other new keys
	}
	return key, err
}

// KeyReadAll returns all keys. It implements jwkset.Storage.
func (k *keySet) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if k.isEmpty() {
		f, _, err := k.begin(ctx, 0, true)
		if err == nil {
			err = f.wait(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	return k.Storage.KeyReadAll(ctx)
}

// refetch fetches the keys for a token that none of a generation of keys fits, if that is allowed now. It reports
// whether there are other keys. Nobody can tell whether such a token is invented, so that no other fetch follows for a
// while.
func (k *keySet) refetch(ctx context.Context, seen uint64) bool {
	f, own, err := k.begin(ctx, seen, true)
	if err != nil {
		return false
	}
	if own {
		defer k.refuseFetches()
	}
	return f.wait(ctx) == nil && f.changed
}

// refresh fetches the keys if they were fetched before.
func (k *keySet) refresh(ctx context.Context) {
	if k.isEmpty() {
		return
	}
	if f, _, err := k.begin(ctx, k.generation(), false); err == nil {
		_ = f.wait(ctx) // the fetch itself logs why it failed
	}
}

func (k *keySet) isEmpty() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.present) == 0
}

// begin begins a fetch unless one is running, or one was over after the caller has seen a generation of keys. It
// returns the fetch, and whether it has begun it. It returns an error if a token may not cause a fetch now.
func (k *keySet) begin(ctx context.Context, seen uint64, onDemand bool) (f *fetch, own bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.generation() != seen:
		return overFetch, false, nil
	case k.ctx.Err() != nil:
		return nil, false, fmt.Errorf("%w: %w", errKeysUnavailable, k.ctx.Err())
	case k.fetch != nil:
		return k.fetch, false, nil
	case onDemand && k.now().Before(k.notNow) && k.lastErr != nil:
		return nil, false, fmt.Errorf("%w: %w", errKeysUnavailable, k.lastErr)
	case onDemand && k.now().Before(k.notNow):
		return nil, false, fmt.Errorf("%w: the keys were fetched a short time ago", jwkset.ErrKeyNotFound)
	}
	k.fetch = &fetch{done: make(chan struct{}), first: len(k.present) == 0, onDemand: onDemand}
	f = k.fetch
	k.running.Go(func() { k.run(context.WithoutCancel(ctx), f) })
	return f, true, nil
}

// run carries out a fetch, which ends early only with the Authenticator.
func (k *keySet) run(ctx context.Context, f *fetch) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	defer context.AfterFunc(k.ctx, cancel)() //nolint:contextcheck // of the Authenticator
	keys, err := k.source.keys(ctx, !f.onDemand)
	k.mu.Lock()
	defer k.mu.Unlock()
	defer close(f.done)
	k.fetch, k.lastErr = nil, err
	if err != nil {
		f.err = fmt.Errorf("%w: %w", errKeysUnavailable, err)
		k.log.WarnContext(ctx, "cannot fetch the keys of an issuer; those that are known stay in force",
			"issuer", k.issuer.Alias, "url", k.issuer.URL, "error", err)
	} else if f.changed = !slices.EqualFunc(k.present, keys, isSameKey); f.changed {
		k.replace(ctx, keys)
	}
	if f.onDemand && !f.changed {
		k.notNow = k.now().Add(refetchAfter)
	}
}

// replace replaces the keys. The caller holds the lock.
func (k *keySet) replace(ctx context.Context, keys []jwkset.JWKMarshal) {
	parsed := make([]jwkset.JWK, 0, len(keys))
	for _, key := range keys {
		if p, err := parseKey(key); err == nil { // source returns only keys that can be parsed
			parsed = append(parsed, p)
		}
	}
	_ = k.KeyReplaceAll(ctx, parsed) // storage in memory does not fail
	k.present = keys
	k.changes.Add(1)
	k.log.InfoContext(ctx, "the keys of an issuer are new", "issuer", k.issuer.Alias, "url", k.issuer.URL, "keys", len(keys))
}

// refuseFetches refuses fetches for unknown keys for a while.
func (k *keySet) refuseFetches() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notNow = k.now().Add(refetchAfter)
}

// wait waits for the end of a fetch, and returns why it failed.
func (f *fetch) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", errKeysUnavailable, ctx.Err())
	}
}
