package consistency

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	driver "github.com/valkey-io/valkey-go"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// recordedRandom returns random values and remembers the salts.
type recordedRandom struct {
	system.Random
	mu    sync.Mutex
	salts []commitment.Salt
}

func (r *recordedRandom) Salt() commitment.Salt {
	s := r.Random.Salt()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.salts = append(r.salts, s)
	return s
}

// uncached returns a service on the database that has no cache.
func uncached(t *testing.T, database string) *app.UseCases {
	t.Helper()
	db, err := postgres.Open(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	p := postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10)).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return apptest.New(p)
}

// entries reads and writes what stands on the cache server, without the key of the service.
type entries struct {
	t      *testing.T
	client driver.Client
}

func openEntries(t *testing.T) entries {
	t.Helper()
	client, err := driver.NewClient(driver.ClientOption{InitAddress: []string{cache.Address}, DisableCache: true})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return entries{t, client}
}

func (e entries) do(command ...string) driver.ValkeyResult {
	return e.client.Do(e.t.Context(), e.client.B().Arbitrary(command...).Build())
}

func (e entries) all() map[string]string {
	e.t.Helper()
	keys, err := e.do("KEYS", "*").AsStrSlice()
	require.NoError(e.t, err)
	found := map[string]string{}
	for _, key := range keys {
		value, err := e.do("GET", key).ToString()
		require.NoError(e.t, err)
		found[key] = value
	}
	return found
}

func newCounted(t *testing.T, s *app.UseCases, definition string) {
	t.Helper()
	doc, err := jsondoc.Parse([]byte(definition))
	require.NoError(t, err)
	_, err = s.CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)
}

// The position of the seq in an entry, behind the MAC and the kind (see adapters/valkey/envelope.go).
const seqStart, seqEnd = 33, 52

// changed returns an entry in the form that an attacker could write it. Older holds entries that the service wrote.
func changed(entry string, older []string) string {
	switch b := []byte(entry); rand.IntN(6) {
	case 0:
		b[rand.IntN(len(b))] ^= byte(1 + rand.IntN(255))
		return string(b)
	case 1:
		return entry[:rand.IntN(len(entry))]
	case 2:
		return entry + "x"
	case 3:
		return strings.Repeat("garbage ", rand.IntN(1000))
	case 4:
		if len(entry) < seqEnd { // an entry that was cut before
			return ""
		}
		return entry[:seqStart] + strings.Repeat("9", seqEnd-seqStart) + entry[seqEnd:]
	default:
		return older[rand.IntN(len(older))] // an older entry, perhaps of another key
	}
}

// TestAnswersAreTheSameWhateverIsWrittenToTheCache compares a replica whose cache is written to by somebody else with
// one that has no cache.
func TestAnswersAreTheSameWhateverIsWrittenToTheCache(t *testing.T) {
	cache.Run(t, "FLUSHALL")
	database := cluster.Database(t)
	r, reference, attacker := newReplica(t, database, cache.URL()), uncached(t, database), openEntries(t)
	newCounted(t, reference, `{"id":"counted","name":"Counted","steps":[{"key":"s","title":"S","slots":[
		{"name":"n","type":"integer"}]},{"key":"low","title":"Low","when":"s.n < 5"},{"key":"high","title":"High"}]}`)
	var ids []string
	for range 3 {
		started, err := reference.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "counted"})
		require.NoError(t, err)
		ids = append(ids, started.ID)
	}
	var older []string
	for i := range 400 {
		id := ids[rand.IntN(len(ids))]
		if i%5 == 0 {
			_, err := r.Execute(t.Context(), ann, id, run.Draft{Submission: run.Submission{
				Step: "s", Slots: map[string][]byte{"n": fmt.Append(nil, i)},
			}})
			require.NoError(t, err)
		}
		requireSameAnswers(t, r, reference, id)
		for key, entry := range attacker.all() {
			older = append(older, entry)
			if rand.IntN(2) == 0 && entry != "" {
				require.NoError(t, attacker.do("SET", key, changed(entry, older)).Error())
			}
		}
		requireSameAnswers(t, r, reference, id)
	}
	_, err := r.Execute(t.Context(), ann, ids[0], run.Commit{Submission: run.Submission{Step: "s"}})
	require.NoError(t, err)
	requireSameAnswers(t, r, reference, ids[0])
	for _, outcome := range []string{"forged", "hit"} {
		require.Greater(t, outcomesOf(t, r)[outcome], 100.0, outcome)
	}
}

func requireSameAnswers(t *testing.T, r replica, reference *app.UseCases, id string) {
	t.Helper()
	got, err := r.Run(t.Context(), id)
	require.NoError(t, err)
	want, err := reference.Run(t.Context(), id)
	require.NoError(t, err)
	want.Version, got.Version = nil, nil // each service has compiled its own
	require.Equal(t, want, got)
	gotView, err := r.Procedure(t.Context(), "counted")
	require.NoError(t, err)
	wantView, err := reference.Procedure(t.Context(), "counted")
	require.NoError(t, err)
	require.Equal(t, wantView.Record, gotView.Record)
	gotPage, err := r.ListProcedures(t.Context(), app.ProcedureFilter{Size: app.PageSize{Items: 10}})
	require.NoError(t, err)
	wantPage, err := reference.ListProcedures(t.Context(), app.ProcedureFilter{Size: app.PageSize{Items: 10}})
	require.NoError(t, err)
	require.Equal(t, wantPage, gotPage)
}

func TestTheCacheHoldsNoSaltAndNoSensitiveValue(t *testing.T) {
	cache.Run(t, "FLUSHALL")
	random := &recordedRandom{}
	r := newReplicaWith(t, cluster.Database(t), cache.URL(), random)
	newCounted(t, r.UseCases, `{"id":"secret","name":"Secret","steps":[{"key":"s","title":"S","slots":[
		{"name":"pin","type":"string","sensitive":true},{"name":"open","type":"string"}]},{"key":"t","title":"T"}]}`)
	started, err := r.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "secret", Reference: "REF-1"})
	require.NoError(t, err)
	server := openEntries(t)
	const secret, plain = "s3cr3t-4711", "the open value"
	seen := false
	for _, command := range []run.Command{
		run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"pin": []byte(`"` + secret + `"`)}}},
		run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"open": []byte(`"` + plain + `"`)}}},
		run.Amend{Reason: "typing error", Submission: run.Submission{
			Step: "s", Slots: map[string][]byte{"pin": []byte(`"` + secret + `2"`)},
		}},
	} {
		_, err = r.Execute(t.Context(), ann, started.ID, command)
		require.NoError(t, err)
		_, err = r.Run(t.Context(), started.ID)
		require.NoError(t, err)
		require.NotEmpty(t, random.salts)
		for key, entry := range server.all() {
			seen = seen || strings.Contains(entry, plain)
			require.NotContains(t, entry, secret, key)
			for _, salt := range random.salts {
				for _, form := range []string{
					string(salt[:]), hex.EncodeToString(salt[:]), base64.RawURLEncoding.EncodeToString(salt[:]),
					base64.RawStdEncoding.EncodeToString(salt[:]),
				} {
					require.False(t, strings.Contains(entry, form), "a salt under %s", key)
				}
			}
		}
	}
	require.True(t, seen, "the run is in the cache")
}
