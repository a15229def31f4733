// Package model executes random commands with a service on SQLite, with a service on PostgreSQL and with the pure core.
// All three must accept or refuse the same commands and end with the same run. Both services must write the same trail.
package model

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/tests/containers"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

// deterministic is a source of times, ids and salts that are the same on every storage. Its clock advances by one
// second at each reading.
type deterministic struct{ ticks, ids, salts int }

func (s *deterministic) Now() time.Time {
	s.ticks++
	return runtest.Epoch.Add(time.Duration(s.ticks) * time.Second)
}

func (s *deterministic) RunID() string {
	s.ids++
	return fmt.Sprintf("01980000-0000-7000-8000-%012d", s.ids)
}

func (s *deterministic) Suffix() string { return "00000000" }

func (s *deterministic) Salt() commitment.Salt {
	s.salts++
	return saltOf(s.salts)
}

func saltOf(n int) (salt commitment.Salt) {
	binary.BigEndian.PutUint64(salt[:], uint64(n))
	return salt
}

// onSQLite returns a service on an empty SQLite database.
func onSQLite(t *testing.T) service {
	t.Helper()
	db := sqlitetest.Open(t)
	return newService(sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(100)))
}

// onPostgres returns a service on an empty PostgreSQL database.
func onPostgres(t *testing.T) service {
	t.Helper()
	db, err := postgres.Open(t.Context(), cluster.Database(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return newService(postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(100)))
}

// service is an app.Service on a test database, with the port that loads its runs and a verifier of the database.
type service struct {
	*app.UseCases
	runs     app.Runs
	verifier *verify.Verifier
	source   *deterministic
}

func newService(s storage.Storage) service {
	source := &deterministic{}
	s.App.Clock, s.App.Random = source, source
	return service{UseCases: apptest.New(s.App), runs: s.App.Runs, verifier: verify.New(s.Verify), source: source}
}

// refusalText returns the kind, the code and the issues of a refusal as a text. It returns an empty text if err is nil.
func refusalText(err error) string {
	if err == nil {
		return ""
	}
	f := fault.From(err)
	issues, _ := json.Marshal(f.Issues)
	return f.Kind.String() + " " + f.Code + " " + string(issues)
}

// prepared returns a command with the additions that the service will make to it: the next salts and the known values
// of sensitive slots, or the plan of an erasure.
func (s service) prepared(t *rapid.T, r run.Run, c run.Command) run.Command {
	if erase, ok := c.(run.Erase); ok {
		plan, err := s.PlanErasure(t.Context(), r.ID, erase.Places)
		require.NoError(t, err)
		erase.Plan = plan
		return erase
	}
	n, _ := run.SensitiveSlots(r, c)
	var secrets run.Secrets
	for i := range n {
		secrets.Salts = append(secrets.Salts, saltOf(s.source.salts+1+i))
	}
	known, err := s.runs.PlainValues(t.Context(), r.ID)
	require.NoError(t, err)
	secrets.Known = known
	return run.WithSecrets(c, secrets)
}

// decide executes a command with the pure core, after a service has executed the same command. serviceEvents are the
// events that the service wrote. The core executes the command at the time of the first of them. The results are the
// text of the refusal, if any, and the run after the command.
func decide(t *rapid.T, r run.Run, c run.Command, serviceEvents []audit.Event) (refusal string, after run.Run) {
	stamp := run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch}
	if len(serviceEvents) > 0 {
		stamp.At = serviceEvents[0].OccurredAt
	}
	d, err := run.Decide(context.Background(), r, c, stamp)
	events := d.Events
	if err != nil {
		if e, recorded := run.Refusal(r, c, err, stamp); recorded {
			events = []run.Event{e}
		}
	}
	require.Len(t, serviceEvents, len(events))
	after, foldErr := run.Fold(r, events)
	require.NoError(t, foldErr)
	return refusalText(err), after
}

// hide returns a payload with null in the place of a commitment.
func hide(t *rapid.T, payload jsontext.Value, place string) jsontext.Value {
	var doc any
	require.NoError(t, json.Unmarshal(payload, &doc))
	parent, at := doc, strings.Split(strings.TrimPrefix(place, "/"), "/")
	for _, name := range at[:len(at)-1] {
		if list, ok := parent.([]any); ok {
			i, err := strconv.Atoi(name)
			require.NoError(t, err)
			parent = list[i]
			continue
		}
		parent = parent.(map[string]any)[unescape.Replace(name)]
	}
	parent.(map[string]any)[unescape.Replace(at[len(at)-1])] = nil
	hidden, err := json.Marshal(doc)
	require.NoError(t, err)
	return hidden
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func TestEveryStorageAgreesWithThePureCore(t *testing.T) {
	services := map[string]service{"SQLite": onSQLite(t), "PostgreSQL": onPostgres(t)}
	request, n := app.Request{ID: "req"}, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		v := *runtest.Version(cel.Language{}).Draw(t, "version")
		def := *v.Definition
		def.ID = fmt.Sprintf("random-%d", n)
		document, err := json.Marshal(def.JSON())
		require.NoError(t, err)
		ids, models := map[string]string{}, map[string]run.Run{}
		for name, s := range services {
			doc, err := jsondoc.Parse(document)
			require.NoError(t, err)
			_, err = s.SaveDefinition(t.Context(), request, doc)
			require.NoError(t, err)
			started, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: def.ID})
			require.NoError(t, err)
			ids[name], models[name] = started.ID, started
		}
		for range rapid.IntRange(1, 15).Draw(t, "commands") {
			c := runtest.Command(t, models["SQLite"])
			for name, s := range services {
				prepared := s.prepared(t, models[name], c)
				view, err := s.Execute(t.Context(), request, ids[name], c)
				written, readErr := s.RunEvents(t.Context(), ids[name], models[name].Seq, 1000)
				require.NoError(t, readErr)
				refusal, after := decide(t, models[name], prepared, written.Items)
				require.Equal(t, refusal, refusalText(err), name)
				if err == nil {
					require.Empty(t, projection.Differences(after, view), name)
				}
				models[name] = after
			}
			require.Empty(t, projection.Differences(models["SQLite"], models["PostgreSQL"]))
		}
		// The commitments of an event are made in no fixed order, so their salts differ between the services. Therefore
		// trail hides the commitments.
		trail := func(name string) (all []string) {
			events, err := services[name].RunEvents(t.Context(), ids[name], 0, 1000)
			require.NoError(t, err)
			for _, e := range events.Items {
				opened := e.Open()
				for _, place := range opened.Hidden {
					opened.Payload = hide(t, opened.Payload, place)
				}
				all = append(all, fmt.Sprint(e.ID(), e.Action, e.Actor, e.OccurredAt, opened.Hidden, string(opened.Payload)))
			}
			return all
		}
		require.Equal(t, trail("SQLite"), trail("PostgreSQL"))
		for name, s := range services {
			rec, err := s.runs.Load(t.Context(), ids[name])
			require.NoError(t, err)
			require.Empty(t, projection.Differences(models[name], rec.Run), name)
		}
	})
	for name, s := range services {
		t.Run("verification on "+name, func(t *testing.T) {
			_, err := s.verifier.All(t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { t.Error(f) })
			require.NoError(t, err)
		})
	}
}
