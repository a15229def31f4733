package procedo_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/procedo/procedo/adapters/cel"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/docs"
)

// server is the address of a service with the demo, which TestMain starts. The examples use it, too.
var server string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "procedo-client-")
	var stop func()
	if err == nil {
		stop, err = start(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	stop()
	os.RemoveAll(dir)
	os.Exit(status)
}

// start starts a service in this process.
func start(dir string) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	db, err := sqlite.Open("sqlite:" + filepath.Join(dir, "procedo.db"))
	if err == nil {
		_, err = migrate.SQLite.Apply(ctx, db.Writer())
	}
	if err != nil {
		cancel()
		return nil, err
	}
	storage := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	storage.App.Clock, storage.App.Random = system.Clock{}, system.Random{}
	service := apptest.New(storage.App)
	node, err := jsondoc.Parse(docs.Demo)
	if err == nil {
		_, err = apptest.As(service.Service, "demo").SaveDefinition(ctx, app.Request{}, node)
	}
	key, failed := storage.Keys.ServiceKey(ctx, app.HMACKey)
	log := slog.New(slog.DiscardHandler)
	handler, unusable := httpadapter.New(httpadapter.Config{
		Service: service.Service, Ready: db.Ping, Schemas: docs.Schemas, HMACKey: key, Log: log,
		Feed: live.NewHub(ctx, live.Config{
			Heads: storage.Heads, Events: service.EventsAfter, Render: httpadapter.RenderStreamEvent,
			Interval: 5 * time.Millisecond, Heartbeat: time.Second, Log: log,
		}),
	})
	for _, e := range []error{err, failed, unusable} {
		if e != nil {
			cancel()
			return nil, e
		}
	}
	s := httptest.NewServer(handler)
	server = s.URL
	return func() {
		cancel()
		s.CloseClientConnections()
		s.Close()
		_ = db.Close()
	}, nil
}
