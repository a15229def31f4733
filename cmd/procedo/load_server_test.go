package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/procedo"
)

// A proxy that compresses answers makes their tags weak, and If-Match never matches a weak tag.
func TestLoadingThroughAProxyThatWeakensTags(t *testing.T) {
	version := 1
	current := func() string { return strconv.Quote(strconv.Itoa(version)) }
	proxied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, status := `{"id":"p","version":2}`, http.StatusOK
		switch r.Method {
		case http.MethodPost:
			w.Header().Set("Content-Type", "application/problem+json")
			body, status = `{"code":"procedure.exists","status":409}`, http.StatusConflict
		case http.MethodPut:
			if r.Header.Get("If-Match") != current() {
				body, status = `{"code":"request.weak_etag","status":412}`, http.StatusPreconditionFailed
				break
			}
			version = 2 // publishing the same document again changes nothing
		}
		w.Header().Set("ETag", "W/"+current())
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer proxied.Close()
	api, err := newAPIClientOver(proxied.URL, procedo.WithActor("claire"), proxied.Client())
	require.NoError(t, err)
	for _, isChanged := range []bool{true, false} {
		done, err := serverLoader{api}.load(t.Context(), []byte(`{"id":"p"}`))
		require.NoError(t, err)
		require.Equal(t, isChanged, done.changed)
	}
}

// What keeps the procedure from being read is said, rather than what its missing tag leads to.
func TestLoadingSaysWhyTheProcedureCannotBeRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]struct {
			status int
			code   string
		}{
			http.MethodPost: {http.StatusConflict, "procedure.exists"},
			http.MethodGet:  {http.StatusForbidden, "access.forbidden"},
			http.MethodPut:  {http.StatusPreconditionRequired, "request.if_match_required"},
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(answers[r.Method].status)
		_, _ = io.WriteString(w, `{"code":"`+answers[r.Method].code+`"}`)
	}))
	defer server.Close()
	api, err := newAPIClientOver(server.URL, procedo.WithActor("claire"), server.Client())
	require.NoError(t, err)
	_, err = serverLoader{api}.load(t.Context(), []byte(`{"id":"p"}`))
	require.True(t, isRefusal(err, "access.forbidden"), err)
}
