package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// longTrail is a trail of count events, each with a payload of size bytes. It counts what it hands out.
type longTrail struct {
	app.Trail
	count  int64
	size   int
	handed int   // bytes of the events that were returned
	calls  int   // calls that have not returned yet
	failAt int64 // reading this event fails; 0 for none
}

func (l *longTrail) Events(
	_ context.Context, of audit.Entity, after int64, size app.PageSize,
) (page app.Page[audit.Event], err error) {
	l.calls++
	defer func() { l.calls-- }()
	left := size.Bytes
	canonical := `{"payload":{"text":"` + strings.Repeat("x", l.size) + `"},"v":2}`
	for seq := after + 1; seq <= l.count; seq++ {
		e := audit.Event{Entity: of, Seq: seq, Action: "step.draft_saved", Canonical: canonical}
		if left -= e.Size(); len(page.Items) == size.Items || left < 0 && len(page.Items) > 0 {
			page.More = true
			break
		}
		if seq == l.failAt {
			return page, errBoom
		}
		page.Items = append(page.Items, e)
		l.handed += e.Size()
	}
	return page, nil
}

// longRun makes every run appear to have the events of the trail.
func (fx *fixture) longRun(trail *longTrail) {
	fx.rewire(func(p *app.Ports) {
		p.Trail = trail
		p.Runs = headOf{p.Runs, audit.Head{Seq: trail.count}}
	})
}

type headOf struct {
	app.Runs
	head audit.Head
}

func (h headOf) Load(ctx context.Context, id string) (app.RunRecord, error) {
	rec, err := h.Runs.Load(ctx, id)
	rec.Head = h.head
	return rec, err
}

// writerFunc is an io.Writer that calls a function.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(data []byte) (int, error) { return f(data) }

// TestABundleHoldsAPageOfEventsAtATime writes bundles of runs of 30 MiB. At every write, as if the reader did not read
// on, at most one page of events is held, and no query is in progress.
func TestABundleHoldsAPageOfEventsAtATime(t *testing.T) {
	for _, size := range []int{3000, 30_000, 1 << 20} {
		for _, words := range [][]string{nil, {"slots"}} {
			t.Run(fmt.Sprintf("events of %d bytes, without %v", size, words), func(t *testing.T) {
				fx := newFixture(t)
				id := fx.startRun()
				trail := &longTrail{count: 30 << 20 / int64(size), size: size}
				fx.longRun(trail)
				written := 0
				err := fx.WriteBundle(t.Context(), writerFunc(func(data []byte) (int, error) {
					require.Zero(t, trail.calls)
					require.LessOrEqual(t, trail.handed-written, 2*(256<<10)+2*size, "one page, and one to look for older events")
					written += len(data)
					return len(data), nil
				}), id, words...)
				require.NoError(t, err)
				require.Greater(t, written, 30<<20-size)
			})
		}
	}
}

func TestABundleStopsReadingWhenItCannotBeWritten(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	trail := &longTrail{count: 1000, size: 10_000}
	fx.longRun(trail)
	writes := 0
	err := fx.WriteBundle(t.Context(), writerFunc(func(data []byte) (int, error) {
		if writes++; writes > 10 {
			return 0, errBoom
		}
		return len(data), nil
	}), id)
	require.ErrorIs(t, err, errBoom)
	require.LessOrEqual(t, trail.handed, 256<<10)
	trail.failAt = 500
	require.ErrorIs(t, fx.WriteBundle(t.Context(), io.Discard, id), errBoom)
	require.ErrorIs(t, fx.WriteBundle(t.Context(), io.Discard, id, "slots"), errBoom)
}

// TestABundleHasTheEventsOfTheMomentWhenItWasAskedFor changes the run, and erases what it has, while the bundle is
// being written. The bundle ends at the head that the run had, and verifies.
func TestABundleHasTheEventsOfTheMomentWhenItWasAskedFor(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	long := strings.Repeat("x", 100_000)
	for i := range 10 {
		_, err := fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d %s"`, i, long)))
		require.NoError(t, err)
	}
	rec, err := fx.ports.Runs.Load(t.Context(), id)
	require.NoError(t, err)
	var out bytes.Buffer
	erased := false
	require.NoError(t, fx.WriteBundle(t.Context(), writerFunc(func(data []byte) (int, error) {
		if out.Len() > 500_000 && !erased {
			erased = true
			_, err := fx.Execute(t.Context(), ann, id, commit(`"done"`))
			require.NoError(t, err)
			_, err = fx.Execute(t.Context(), ann, id, run.Erase{
				Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked for",
			})
			require.NoError(t, err)
		}
		return out.Write(data)
	}), id))
	require.True(t, erased)
	require.NotContains(t, out.String(), "9 xxx", "erased while the bundle was being written")
	b, err := verify.ReadBundle(out.Bytes(), func(n int, do func(from, to int)) { do(0, n) })
	require.NoError(t, err)
	require.Equal(t, rec.Head, b.Events[len(b.Events)-1].Head())
	b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
}

// TestABundleIsOneDocument compares the bytes of a bundle with the JSON form of its content as a whole.
func TestABundleIsOneDocument(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.Execute(t.Context(), ann, id, draft(`"é <&> \\ \" \u200a \"events\":[]"`))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, fx.WriteBundle(t.Context(), &out, id))
	rec, err := fx.ports.Runs.Load(t.Context(), id)
	require.NoError(t, err)
	version, canonical, err := fx.ports.Procedures.Document(t.Context(), "p", 1)
	require.NoError(t, err)
	events, err := fx.ports.Trail.Events(t.Context(), audit.Run(id), 0, app.PageSize{Items: 100})
	require.NoError(t, err)
	require.Equal(t, rec.Head.Seq, int64(len(events.Items)))
	type definition struct {
		ID       string `json:"id"`
		Version  int    `json:"version"`
		Digest   string `json:"digest"`
		Document string `json:"document"`
	}
	whole, err := json.Marshal(struct {
		Format    string        `json:"format"`
		RunID     string        `json:"run_id"`
		Procedure definition    `json:"procedure"`
		Events    []audit.Event `json:"events"`
	}{verify.BundleFormat, id, definition{"p", 1, version.Digest, string(canonical)}, events.Items})
	require.NoError(t, err)
	require.Equal(t, string(whole), out.String())
}
