package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
)

func TestWhatIsWrongWithTheDatabaseIsSaidInTheLanguageOfTheTerminal(t *testing.T) {
	unavailable := func(code string, cause error) error {
		return fmt.Errorf("sqlite:a.db: %w", fault.New(fault.Unavailable, code, nil).Because(cause))
	}
	for _, c := range []struct {
		err    error
		en, fr string
	}{
		{
			unavailable("service.database_read_only", errors.New("SQLSTATE 25006")),
			"sqlite:a.db: The database accepts no changes at the moment. Nothing was changed. (SQLSTATE 25006)",
			"sqlite:a.db: La base de données n’accepte aucune modification pour le moment. " +
				"Aucune modification n’a été enregistrée. (SQLSTATE 25006)",
		},
		{
			unavailable("service.unavailable", errors.New("failed to connect:\n\tto a\n\tto b")),
			"sqlite:a.db: The database does not answer: failed to connect: to a to b.",
			"sqlite:a.db: La base de données ne répond pas : failed to connect: to a to b.",
		},
		{
			unavailable("service.unavailable", context.Canceled),
			"sqlite:a.db: unavailable: service.unavailable: context canceled",
			"sqlite:a.db: unavailable: service.unavailable: context canceled",
		},
		{errors.New("other"), "other", "other"},
	} {
		t.Setenv("LC_ALL", "en")
		require.Equal(t, c.en, errorText(c.err))
		t.Setenv("LC_ALL", "fr_CH.UTF-8")
		require.Equal(t, c.fr, errorText(c.err))
	}
}

func TestADatabaseThatDoesNotAnswerIsSaidOnceAndInOneLine(t *testing.T) {
	for _, command := range [][]string{
		{"serve"}, {"list"}, {"audit", "verify"}, {"migrate", "status"}, {"load", "p.yaml"},
	} {
		if command[0] == "load" {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile("p.yaml", []byte("name: p\nsteps: [{key: s, title: S}]\n"), 0o600))
		}
		status, out := inEnglish(t, append(command, "--database-url", "postgres://x@127.0.0.1:1/x")...)
		require.NotZero(t, status)
		require.Contains(t, out, "The database does not answer: failed to connect")
		require.Equal(t, 1, strings.Count(out, "connection refused"), out)
		require.Equal(t, 1, strings.Count(out, "\n"), out)
	}
}

// A server that accepts connections and says nothing is waited for, until somebody has enough.
func TestCtrlCEndsTheWaitForADatabase(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	accepted := make(chan struct{}, 100)
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			accepted <- struct{}{}
		}
	}()
	for _, command := range [][]string{
		{"serve"}, {"list"}, {"migrate", "status"}, {"migrate", "up"}, {"audit", "verify"},
	} {
		ctx, interrupt := context.WithCancel(t.Context())
		go func() {
			<-accepted
			interrupt()
		}()
		var out bytes.Buffer
		m := Main{Stdout: &out, Stderr: &out}
		status := m.Run(ctx, append(command, "--database-url", "postgres://x@"+silent.Addr().String()+"/x?sslmode=disable"))
		require.Equal(t, 130, status, "%v: %s", command, &out)
		require.Empty(t, out.String(), command)
	}
}
