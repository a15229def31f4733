package contract

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// Reader is a database that is opened with the right to read and no other.
type Reader struct {
	Storage storage.Storage
	Check   func(context.Context) error // whether the database can be read
	Refused string                      // the code of the fault of a write
}

// RunReader runs the test that every storage adapter must pass if it may only read. It fills a new database, and then
// calls open.
func RunReader(t *testing.T, s storage.Storage, open func() Reader) {
	fx := newFixture(t, s)
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	fx.waitForRun(id)
	fx.checkpoint(testKeys[0])
	want, err := ReadEverything(t.Context(), s)
	require.NoError(t, err)
	require.Contains(t, want, id)

	r := open()
	require.NoError(t, r.Check(t.Context()))
	got, err := ReadEverything(t.Context(), r.Storage)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = newFixture(t, r.Storage).execute(id, run.Draft{Submission: submission("s", "a", `"y"`)})
	require.Equal(t, r.Refused, fault.From(err).Code, "%v", err)
	_, err = ReadEverything(t.Context(), r.Storage)
	require.NoError(t, err, "after a write that was refused")
}

// ReadEverything verifies a database, exports it, and reads its procedures and runs. It returns what it has read as a
// text, and what verification finds as an error.
func ReadEverything(ctx context.Context, s storage.Storage) (text string, err error) {
	v, found := verify.New(s.Verify), []string{}
	report := func(f audit.Finding) {
		if !f.Warning {
			found = append(found, fmt.Sprint(f))
		}
	}
	done, err := v.All(ctx, verify.Options{}, report)
	if err == nil {
		err = v.Schema(ctx, report)
	}
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("findings: %v", found)
	}
	if err != nil {
		return "", err
	}
	p := s.App
	p.Clock, p.Random = &fixture{}, &fixture{}
	service, lines := apptest.New(p), exported{}
	if err := service.Export(ctx, &lines); err != nil {
		return "", err
	}
	procedures, err := service.ListProcedures(ctx, app.ProcedureFilter{Size: app.PageSize{Items: 10}})
	if err != nil {
		return "", err
	}
	runs, err := service.ListRuns(ctx, app.RunFilter{Size: app.PageSize{Items: 10}})
	if err != nil {
		return "", err
	}
	text = fmt.Sprint(done, lines, len(procedures.Items), len(runs.Items))
	for _, row := range runs.Items {
		r, err := service.Run(ctx, row.ID)
		if err != nil {
			return "", err
		}
		text += fmt.Sprint(" ", r.ID, r.State, r.Seq, row.Head)
	}
	return text, nil
}

// exported holds the hashes of the exported events and leaves, and the notes.
type exported []string

func (e *exported) Event(event *audit.Event) error   { *e = append(*e, event.Hash); return nil }
func (e *exported) Leaf(leaf audit.StoredLeaf) error { *e = append(*e, fmt.Sprint(leaf)); return nil }
func (e *exported) Note(note audit.StoredNote) error { *e = append(*e, note.Note); return nil }
