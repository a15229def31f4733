package verify_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
)

// failing wraps the ports of a verifier. One of its reads fails with err: the one with the number at, counted from 1,
// or all those of a method.
type failing struct {
	verify.Trails
	verify.Rows
	verify.Procedures
	verify.Checkpoints

	at     int
	method string
	err    error

	calls int
	last  string // the method that failed
}

func (f *failing) ports(p verify.Ports) verify.Ports {
	f.Trails, f.Rows, f.Procedures, f.Checkpoints = p.Trails, p.Rows, p.Procedures, p.Checkpoints
	p.Trails, p.Rows, p.Procedures, p.Checkpoints = f, f, f, f
	return p
}

func (f *failing) read(method string) error {
	if f.calls++; f.calls != f.at && f.method != method {
		return nil
	}
	f.last = method
	return f.err
}

func (f *failing) Bound(ctx context.Context, entityType, after string, n int) (string, error) {
	if err := f.read("Bound"); err != nil {
		return "", err
	}
	return f.Trails.Bound(ctx, entityType, after, n)
}

func (f *failing) EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error {
	if err := f.read("EventsIn"); err != nil {
		return err
	}
	return f.Trails.EventsIn(ctx, r, fn)
}

func (f *failing) LeavesIn(ctx context.Context, r audit.Range, fn func(audit.StoredLeaf) error) error {
	if err := f.read("LeavesIn"); err != nil {
		return err
	}
	return f.Trails.LeavesIn(ctx, r, fn)
}

func (f *failing) ProceduresIn(ctx context.Context, r audit.Range, fn func(procedure.Record) error) error {
	if err := f.read("ProceduresIn"); err != nil {
		return err
	}
	return f.Rows.ProceduresIn(ctx, r, fn)
}

func (f *failing) RunsIn(ctx context.Context, r audit.Range, fn func(verify.StoredRun) error) error {
	if err := f.read("RunsIn"); err != nil {
		return err
	}
	return f.Rows.RunsIn(ctx, r, fn)
}

func (f *failing) FeedAndRows(
	ctx context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error,
) error {
	if err := f.read("FeedAndRows"); err != nil {
		return err
	}
	return f.Rows.FeedAndRows(ctx, entry, row)
}

func (f *failing) Orphans(ctx context.Context, fn func(owner audit.Entity, table string)) error {
	if err := f.read("Orphans"); err != nil {
		return err
	}
	return f.Rows.Orphans(ctx, fn)
}

func (f *failing) DefinitionRows(
	ctx context.Context, id string, version int, tables []projection.Table,
) ([]projection.Table, error) {
	if err := f.read("DefinitionRows"); err != nil {
		return nil, err
	}
	return f.Rows.DefinitionRows(ctx, id, version, tables)
}

func (f *failing) Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error) {
	if err := f.read("Document"); err != nil {
		return procedure.VersionRecord{}, nil, err
	}
	return f.Procedures.Document(ctx, id, version)
}

func (f *failing) Versions(
	ctx context.Context, id string, beforeVersion, limit int,
) ([]procedure.VersionRecord, error) {
	if err := f.read("Versions"); err != nil {
		return nil, err
	}
	return f.Procedures.Versions(ctx, id, beforeVersion, limit)
}

func (f *failing) Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error) {
	if err := f.read("Checkpoint"); err != nil {
		return audit.StoredNote{}, err
	}
	return f.Checkpoints.Checkpoint(ctx, number)
}

func (f *failing) CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error) {
	if err := f.read("CheckpointsAfter"); err != nil {
		return nil, err
	}
	return f.Checkpoints.CheckpointsAfter(ctx, number, limit)
}

func (f *failing) Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error) {
	if err := f.read("Leaves"); err != nil {
		return nil, err
	}
	return f.Checkpoints.Leaves(ctx, number)
}

func (f *failing) Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error) {
	if err := f.read("Nodes"); err != nil {
		return nil, err
	}
	return f.Checkpoints.Nodes(ctx, positions)
}

func (f *failing) NodeCount(ctx context.Context) (int64, error) {
	if err := f.read("NodeCount"); err != nil {
		return 0, err
	}
	return f.Checkpoints.NodeCount(ctx)
}

// readings are the ways to verify a database, or a part of it.
func readings(t *testing.T, run string) map[string]func(*verify.Verifier, func(audit.Finding)) error {
	t.Helper()
	return map[string]func(*verify.Verifier, func(audit.Finding)) error{
		"all": func(v *verify.Verifier, report func(audit.Finding)) error {
			_, err := v.All(t.Context(), verify.Options{}, report)
			return err
		},
		"one run": func(v *verify.Verifier, report func(audit.Finding)) error {
			_, err := v.Run(t.Context(), run, verify.Options{}, report)
			return err
		},
	}
}

var errLost = fault.New(fault.Unavailable, "service.unavailable", nil).Because(errors.New("connection reset"))

// TestAReadThatFailsEndsTheVerification: what could not be read was not verified, so a verification must not succeed.
func TestAReadThatFailsEndsTheVerification(t *testing.T) {
	fx, run := cosignedFixture(t)
	for name, check := range readings(t, run) {
		for at := 1; ; at++ {
			f := &failing{at: at, err: errLost}
			err := check(verify.New(f.ports(fx.storage.Verify)), func(f audit.Finding) { t.Errorf("%v", f) })
			if f.last == "" {
				require.NoError(t, err, name)
				break
			}
			require.ErrorIs(t, err, errLost, "%s: read %d, %s", name, at, f.last)
		}
	}
}

// TestWhatIsDamagedIsAFinding: stored data that cannot be read does not keep the rest from being verified.
func TestWhatIsDamagedIsAFinding(t *testing.T) {
	fx, run := cosignedFixture(t)
	for name, check := range readings(t, run) {
		for _, method := range []string{
			"EventsIn", "LeavesIn", "ProceduresIn", "RunsIn", "FeedAndRows", "DefinitionRows", "Document", "Versions",
			"CheckpointsAfter", "Nodes",
		} {
			f := &failing{method: method, err: errCorrupt}
			found := 0
			err := check(verify.New(f.ports(fx.storage.Verify)), func(audit.Finding) { found++ })
			require.NoError(t, err, "%s: %s", name, method)
			require.Equal(t, f.last != "", found > 0, "%s: %s", name, method)
		}
	}
}
