package auditsink_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/app"
)

type silentSink struct{ app.Sink }

func (silentSink) Name() string { return "s" }

// A database that is down for a while is logged once for each sink, not once a second.
func TestADatabaseThatCannotBeUsedIsLoggedOnce(t *testing.T) {
	down, refused := errors.New("down"), errors.New("refused")
	synctest.Test(t, func(t *testing.T) {
		m, err := auditsink.NewMetrics(prometheus.NewRegistry())
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var log strings.Builder
		looks := []struct {
			out app.Delivered
			err error
		}{
			{out: app.Delivered{More: true}, err: down}, {err: down}, {},
			{out: app.Delivered{Err: refused}}, {out: app.Delivered{Err: refused}, err: down},
			{err: down}, {out: app.Delivered{Records: 1}},
		}
		deliver := func(context.Context, app.Sink, string, func(int, error) time.Duration) (app.Delivered, error) {
			if len(looks) == 0 {
				cancel()
				return app.Delivered{}, nil
			}
			look := looks[0]
			looks = looks[1:]
			return look.out, look.err
		}
		auditsink.Run(ctx, deliver, silentSink{}, "h", time.Second, m, slog.New(slog.NewTextHandler(&log, nil)))
		var messages []string
		for line := range strings.Lines(log.String()) {
			_, message, _ := strings.Cut(line, `msg="`)
			message, _, _ = strings.Cut(message, `"`)
			messages = append(messages, message)
		}
		require.Equal(t, []string{
			"the database cannot be used for the audit sink", "the database can be used again for the audit sink",
			"delivery to the audit sink failed; it will be tried again", "the database cannot be used for the audit sink",
			"delivery to the audit sink failed; it will be tried again", "the database can be used again for the audit sink",
			"the audit sink accepts deliveries again",
		}, messages)
	})
}
