package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/session"
	"github.com/procedo/procedo/core/verify"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

// maxKeptDefinitions limits the number of compiled definitions that stay in memory.
const maxKeptDefinitions = 1000

// wiring holds the settings for building a service over a database. The zero wiring has no cache.
type wiring struct {
	cacheURL string                // no cache if empty
	log      *slog.Logger          // for the cache and the clock; nil: no log
	metrics  prometheus.Registerer // for the cache
	traces   *traces               // nil: off
	options  []app.Option
}

// wired is the result of wiring: a service and a verifier over the same database.
type wired struct {
	*app.Service
	engine
	verifier   *verify.Verifier
	resealer   storage.Resealer
	heads      app.RunHeads
	keys       app.ServiceKeys
	sessions   session.Store
	files      app.Files // nil for PostgreSQL
	clock      *system.SteadyClock
	answers    answers
	closeCache func()
}

// open builds the service over a database. An SQLite file is created and migrated automatically. A PostgreSQL database
// is migrated only if mayMigrate is true; otherwise pending migrations are an error.
func (d database) open(ctx context.Context, mayMigrate bool, w wiring) (*wired, error) {
	e, err := d.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.prepare(ctx, mayMigrate); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), e.close())
	}
	return w.wire(ctx, e)
}

// openExisting builds the service over a database that must exist and have no pending migrations. It creates nothing.
func (d database) openExisting(ctx context.Context) (*wired, error) {
	return d.openExistingWith(ctx, wiring{})
}

// openReading builds the service over a database that must exist and have no pending migrations, for a command that
// only reads. It changes nothing and needs only the right to read. It leaves the clock as it is: nothing gets a time.
func (d database) openReading(ctx context.Context) (*wired, error) {
	e, err := d.openSource(ctx, postgresschema.ReadRights(), "read_lacking")
	if err != nil {
		return nil, err
	}
	return wiring{}.wire(ctx, e)
}

// openSource opens a database that must exist, have no pending migrations, and be readable with the given rights.
// lackingID names the message for a role without them.
func (d database) openSource(ctx context.Context, rights map[string][]string, lackingID string) (engine, error) {
	if err := d.exists(); err != nil {
		return engine{}, fmt.Errorf("%s: %w", d.shown(), err)
	}
	e, err := d.openReadEngine(ctx)
	if err != nil {
		return e, err
	}
	err = e.checkSource(ctx, rights)
	if found, ok := errors.AsType[storage.LackingError](err); ok {
		err = failure(lackingID, fault.Params{"role": found.Role, "rights": found.Rights})
	}
	if err != nil {
		return e, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), e.close())
	}
	return e, nil
}

// openExistingWith is like openExisting, with other settings.
func (d database) openExistingWith(ctx context.Context, settings wiring) (*wired, error) {
	if err := d.exists(); err != nil {
		return nil, fmt.Errorf("%s: %w", d.shown(), err)
	}
	e, err := d.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.checkUsable(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), e.close())
	}
	opened, err := settings.wire(ctx, e)
	if err == nil {
		raiseClock(ctx, opened.clock, opened.Service, slog.New(slog.DiscardHandler))
	}
	return opened, err
}

// wire builds the service and the verifier over a database. If that fails, it closes the database.
func (w wiring) wire(ctx context.Context, e engine) (*wired, error) {
	s := e.storage(memory.KeepDefinitions(maxKeptDefinitions))
	ports, answers, closeCache, err := w.cached(ctx, s)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	clock := system.NewSteadyClock(cmp.Or(w.log, slog.New(slog.DiscardHandler)))
	ports.Clock, ports.Random = clock, system.Random{}
	return &wired{
		Service: app.New(ports, w.options...), engine: e, verifier: verify.New(s.Verify), resealer: s.Resealer,
		heads: s.Heads, files: s.App.Files, keys: s.Keys, sessions: s.Sessions, clock: clock, answers: answers, closeCache: closeCache,
	}, nil
}

// fingerprintKey returns the secret key of the fingerprints in receipts. With a keyset, the key also depends on the
// keyset: a copy of the database does not show whether a request held a guessed value.
func (w *wired) fingerprintKey(ctx context.Context) ([]byte, error) {
	key, err := hmacKey(ctx, w.keys)
	if keyset, ok := w.secrets.(*secrets.Keyset); ok && err == nil {
		key = keyset.Derive(key)
	}
	return key, err
}

// hmacKey reads the secret HMAC key of a database. A database without it has been tampered with.
func hmacKey(ctx context.Context, keys app.ServiceKeys) ([]byte, error) {
	key, err := keys.ServiceKey(ctx, app.HMACKey)
	if errors.Is(err, app.ErrNoServiceKey) {
		return nil, failure("no_service_key", fault.Params{"name": app.HMACKey})
	}
	return key, err
}

// scrub removes deleted values from the files of the database, if the program can do that.
func (w *wired) scrub(ctx context.Context) error {
	if w.files == nil {
		return nil
	}
	return w.files.Scrub(ctx)
}

// close closes the connections to the cache and to the database.
func (w *wired) close() error {
	w.closeCache()
	return w.engine.close()
}

// prepare applies pending migrations, or checks that there are none, and then calls alignFeed.
func (e engine) prepare(ctx context.Context, mayMigrate bool) error {
	if err := e.migrate(ctx, mayMigrate); err != nil {
		return err
	}
	return e.alignFeed(ctx)
}

// migrate applies pending migrations if mayMigrate is true or the database is SQLite. Otherwise it returns an error if
// there are any. It also returns an error if the encoding of the database, a pooler or the rights of the role do not
// suffice for the service.
func (e engine) migrate(ctx context.Context, mayMigrate bool) error {
	db, done, err := e.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	if mayMigrate || e.embedded {
		_, err = e.schema.Apply(ctx, db)
	} else {
		err = e.checkServed(ctx, db)
	}
	if err == nil && !e.embedded {
		err = errors.Join(e.checkPooler(ctx, db), e.checkRights(ctx, db))
	}
	return databaseFailure(err)
}

// checkApplied returns an error if a migration is pending, and names the first one.
func (e engine) checkApplied(ctx context.Context, db *sql.DB) error {
	steps, err := e.schema.Status(ctx, db)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Applied {
			return pendingError{failure("schema_lacks", fault.Params{"version": step.Version})}
		}
	}
	return nil
}

// pendingError is the error of a database to which a migration has not been applied.
type pendingError struct{ error }

// checkUsable returns an error if the database cannot be written or if the service may not use it. It changes nothing.
func (e engine) checkUsable(ctx context.Context) error {
	return e.andSchema(ctx, e.ping(ctx), e.checkServed)
}

// checkSource returns an error if the database cannot be read with the given rights, or if migrations are pending. It
// changes nothing. The encoding does not matter: a database in another one can be copied.
func (e engine) checkSource(ctx context.Context, rights map[string][]string) error {
	return e.andSchema(ctx, e.checkReadable(ctx, rights), e.checkApplied)
}

// andSchema returns the error of a check of the database or else that of a check of its schema, which says which
// migration is pending.
func (e engine) andSchema(ctx context.Context, err error, check func(context.Context, *sql.DB) error) error {
	if err != nil && !errors.Is(err, storage.ErrOtherRelease) {
		return err
	}
	return cmp.Or(databaseFailure(e.onSchema(ctx, check)), err)
}

// checkServed returns an error if the encoding of the database is not that of the service, or if a migration is
// pending.
func (e engine) checkServed(ctx context.Context, db *sql.DB) error {
	if err := e.schema.CheckEncoding(ctx, db); err != nil {
		return err
	}
	return e.checkApplied(ctx, db)
}

// checkSchema returns an error if a migration is pending. It changes nothing.
func (e engine) checkSchema(ctx context.Context) error { return e.onSchema(ctx, e.checkApplied) }

// onSchema calls check with a connection for migrations.
func (e engine) onSchema(ctx context.Context, check func(context.Context, *sql.DB) error) error {
	db, done, err := e.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	return check(ctx, db)
}
