package sqlite

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAStatementAllocatesNothingForATraceThatIsOff(t *testing.T) {
	var d DB
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, span := d.tracer.start(context.Background(), "SELECT 1")
		span.end(nil)
	}))
	require.Nil(t, d.beginGroup)
}
