package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

func TestErasuresAreWrittenAlone(t *testing.T) {
	change := func(events int, erases bool) *storage.RunWrite {
		return &storage.RunWrite{Change: app.RunChange{Events: make([]audit.Event, events), Erases: erases}}
	}
	require.Equal(t, 101, change(100, false).Size())
	require.Equal(t, groupcommit.MaxSize, change(1, true).Size())
	require.Equal(t, 2, change(1, true).RowCount())
}
