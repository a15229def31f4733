package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// corpusEvidence is what a service wrote: bundles of runs, and the trail of the whole database.
type corpusEvidence struct {
	t       *testing.T
	storage storage.Storage
	keys    []audit.Key // both sign the second checkpoint, the first one the others
	notes   []string    // of all checkpoints, the first of which has the form of earlier releases

	unsigned string // bundle without a checkpoint
	earlier  string // bundle with a checkpoint of an earlier release
	log      string // bundle with a checkpoint of the log
	withheld string // the same, without some texts
	erased   string // bundle with erased texts and a checkpoint of the log
	export   []string
	sink     []string
}

// corpusClock and corpusRandom make the same evidence in every run of the test.
type corpusClock struct{ now time.Time }

func (c *corpusClock) Now() time.Time {
	c.now = c.now.Add(time.Second)
	return c.now
}

type corpusRandom struct{ n byte }

func (r *corpusRandom) next() byte {
	r.n++
	return r.n
}

func (r *corpusRandom) RunID() string { return fmt.Sprintf("01a20950-0000-7000-8000-%012x", r.next()) }

func (r *corpusRandom) Suffix() string { return fmt.Sprintf("%08x", r.next()) }

func (r *corpusRandom) Salt() commitment.Salt { return commitment.Salt{r.next()} }

const corpusProcedure = `{"id":"p","name":"P","steps":[
	{"key":"s","title":"S","slots":[{"name":"a","type":"string"},{"name":"n","type":"number"}]},
	{"key":"t","title":"T","slots":[{"name":"b","type":"string"}]}]}`

func newCorpusEvidence(t *testing.T) *corpusEvidence {
	t.Helper()
	e := &corpusEvidence{t: t, keys: []audit.Key{corpusKey(t, "k"), corpusKey(t, "l")}}
	e.storage = sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	e.storage.App.Clock, e.storage.App.Random = &corpusClock{corpusTime}, &corpusRandom{}
	document, err := jsondoc.Parse([]byte(corpusProcedure))
	require.NoError(t, err)
	_, err = e.service().SaveDefinition(t.Context(), app.Request{}, document)
	require.NoError(t, err)
	one := e.start()
	e.execute(one, corpusCommit("s", `"x « y »"`))
	e.unsigned = e.bundle(one)
	earlier := e.storage.App
	earlier.Checkpoints = apptest.EarlierCheckpoints{Checkpoints: earlier.Checkpoints, Keys: e.keys[:1]}
	e.checkpoint(apptest.New(earlier), e.keys[:1])
	e.earlier = e.bundle(one)
	other := e.start()
	e.execute(other, run.Amend{Submission: corpusCommit("s", `"z"`).Submission, Reason: "nothing to amend"})
	e.execute(other, corpusCommit("s", `"z"`))
	e.checkpoint(e.service(), e.keys)
	e.execute(one, run.Amend{Submission: corpusCommit("s", `"y\u2028"`).Submission, Reason: "again"})
	e.execute(one, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked"})
	e.execute(other, corpusCommit("t", ""))
	e.checkpoint(e.service(), e.keys[:1])
	e.log, e.withheld, e.erased = e.bundle(other), e.bundle(other, "slots", "reasons"), e.bundle(one)
	e.execute(e.start(), corpusCommit("s", `"last"`))
	e.export, e.sink = e.exportLines(), e.sinkLines()
	return e
}

func corpusKey(t *testing.T, letter string) audit.Key {
	t.Helper()
	private, _ := corpusPrivate(t, letter)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}

func corpusPrivate(t *testing.T, letter string) (private, public string) {
	t.Helper()
	private, public, err := audit.GenerateKey(strings.NewReader(strings.Repeat(letter, 32)), "key-"+letter)
	require.NoError(t, err)
	return private, public
}

func corpusCommit(step, a string) run.Commit {
	slots := map[string][]byte{"a": []byte(a), "n": []byte("1.50")}
	if step == "t" {
		slots = map[string][]byte{"b": []byte(`"b"`)}
	}
	return run.Commit{Submission: run.Submission{Step: step, Slots: slots}}
}

func (e *corpusEvidence) service() *app.UseCases { return apptest.New(e.storage.App) }

func (e *corpusEvidence) start() (id string) {
	e.t.Helper()
	metadata, err := jsondoc.Parse([]byte(`{"k/~":["v",{"w":null}],"é":"\ud83d\ude00"}`))
	require.NoError(e.t, err)
	r, err := e.service().StartRun(e.t.Context(), app.Request{ID: "req"}, app.StartInput{
		ProcedureID: "p", UserID: "u", Reference: "ref", Metadata: metadata,
	})
	require.NoError(e.t, err)
	return r.ID
}

// execute executes a command. A refusal is recorded in the trail as well.
func (e *corpusEvidence) execute(id string, c run.Command) {
	_, _ = e.service().Execute(e.t.Context(), app.Request{ID: "req"}, id, c)
}

func (e *corpusEvidence) checkpoint(s *app.UseCases, keys []audit.Key) {
	e.t.Helper()
	made, err := s.MakeCheckpoints(e.t.Context(), keys, "")
	require.NoError(e.t, err)
	require.Len(e.t, made, 1)
	stored, err := e.storage.App.Checkpoints.Checkpoint(e.t.Context(), made[0].Number)
	require.NoError(e.t, err)
	e.notes = append(e.notes, stored.Note)
}

func (e *corpusEvidence) bundle(id string, withhold ...string) string {
	e.t.Helper()
	var out bytes.Buffer
	require.NoError(e.t, e.service().WriteBundle(e.t.Context(), &out, id, withhold...))
	return out.String()
}

func (e *corpusEvidence) exportLines() []string {
	e.t.Helper()
	var out bytes.Buffer
	to := newJSONLines(&out)
	require.NoError(e.t, e.service().Export(e.t.Context(), to))
	require.NoError(e.t, to.flush())
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func (e *corpusEvidence) sinkLines() (lines []string) {
	e.t.Helper()
	records, err := e.storage.App.Feed.Records(e.t.Context(), audit.Cursor{}, app.PageSize{Items: 1000})
	require.NoError(e.t, err)
	for _, r := range records.Items {
		line, err := r.Line().MarshalJSON()
		require.NoError(e.t, err)
		lines = append(lines, string(line))
	}
	return lines
}

// chain returns a chain of two events of a run, for mutations of the last one.
func corpusChain(t *testing.T, events ...audit.Event) (lines []string) {
	t.Helper()
	for i := range events {
		line, err := audit.Line{Event: &events[i]}.MarshalJSON()
		require.NoError(t, err)
		lines = append(lines, string(line))
	}
	return lines
}

// corpusEvent returns an event with typed texts: a reason, and metadata with a name that pointers escape.
func corpusEvent(t *testing.T, head audit.Head) audit.Event {
	t.Helper()
	typed := audit.NewCommitter(func() commitment.Salt { return commitment.Salt{1, 2, 3} })
	payload := `{"a/b~":` + string(typed.Commit("/a~1b~0", []byte(`{"x":[1,"é"]}`))) + `,"reason":` +
		string(typed.Commit("/reason", []byte(`"why"`))) + `,"step":"s"}`
	sealed, err := audit.Seal(audit.Run("r"), head, audit.Entry{
		Action: "step.opened", Actor: "ann", OccurredAt: corpusTime, Payload: []byte(payload), Typed: typed,
	})
	require.NoError(t, err)
	return sealed
}

// corpusSealed returns the first event of an entity.
func corpusSealed(t *testing.T, entity audit.Entity, action, actor string) audit.Event {
	t.Helper()
	sealed, err := audit.Seal(entity, audit.Head{}, audit.Entry{
		Action: action, Actor: actor, OccurredAt: corpusTime, Payload: []byte("{}"),
	})
	require.NoError(t, err)
	return sealed
}
