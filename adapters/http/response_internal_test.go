package http

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run/runtest"
)

// A renderer adds headers to what another one returned, which is nothing if the request was interrupted meanwhile.
func TestARunWhoseRenderingIsInterruptedIsUnavailable(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`), cel.Language{})
	r, _ := runtest.Begin(t, v)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &call{locale: i18n.Accept("en")}
	reply := app.Reply{Status: http.StatusCreated, Location: "/runs/" + r.ID}
	_, err := c.runReply(ctx, r, reply)
	require.True(t, fault.Is(err, fault.Unavailable), err)
	_, err = c.replayedResponse(ctx, app.Replayed{Run: &r, Reply: reply, ErasedSince: true})
	require.True(t, fault.Is(err, fault.Unavailable), err)
}

// Answers are kept for others, who must not see a header that was meant for one of them.
func TestAHeaderIsAddedToOneResponseOnly(t *testing.T) {
	kept := response{Header: map[string]string{"ETag": `"1"`}}
	added := kept.withHeader("Location", "/runs/1").withHeader("ETag", `"2"`)
	require.Equal(t, map[string]string{"ETag": `"2"`, "Location": "/runs/1"}, added.Header)
	require.Equal(t, map[string]string{"ETag": `"1"`}, kept.Header)
	require.Equal(t, map[string]string{"ETag": `"1"`}, response{}.withHeader("ETag", `"1"`).Header)
}
