package http_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/jsondoc"
)

// TestTheContractIsServedInTheOrderOfItsAuthor compares the JSON form of the contract with openapi.yaml.
func TestTheContractIsServedInTheOrderOfItsAuthor(t *testing.T) {
	srv := newTestServer(t)
	require.Equal(t, string(api.Contract()), string(srv.call("GET", "/openapi.yaml", "").raw))
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal(api.Contract(), &doc))
	got, err := jsondoc.Parse(srv.call("GET", "/openapi.json", "").raw)
	require.NoError(t, err)
	requireSameTree(t, doc.Content[0], got, "")
}

func requireSameTree(t *testing.T, want *yaml.Node, got *jsondoc.Node, place string) {
	t.Helper()
	switch want.Kind {
	case yaml.MappingNode:
		require.Len(t, got.Members, len(want.Content)/2, place)
		for i, m := range got.Members {
			require.Equal(t, want.Content[2*i].Value, m.Name, place)
			requireSameTree(t, want.Content[2*i+1], m.Value, jsondoc.Pointer(place, m.Name))
		}
	case yaml.SequenceNode:
		require.Len(t, got.Items, len(want.Content), place)
		for i, item := range got.Items {
			requireSameTree(t, want.Content[i], item, jsondoc.PointerAt(place, i))
		}
	default:
		if got.Kind == jsondoc.String {
			require.Equal(t, want.Value, got.Text, place)
		} else {
			require.Equal(t, want.Value, string(bytes.TrimSpace(got.Raw)), place)
		}
	}
}

func TestTheContractIsAlsoServedInOpenAPI30(t *testing.T) {
	srv := newTestServer(t)
	r := srv.call("GET", "/openapi-3.0.json", "")
	require.Equal(t, 200, r.status)
	require.Equal(t, "3.0.3", r.body.text("openapi"))
	require.True(t, json.Valid(r.raw))
	require.Equal(t, "3.1.0", srv.call("GET", "/openapi.json", "").body.text("openapi"))
}

func TestTheContractIsNotSentToAClientThatHasIt(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{"/openapi.yaml", "/openapi.json", "/openapi-3.0.json"} {
		first := srv.call("GET", path, "")
		tag := first.header.Get("ETag")
		require.Equal(t, 200, first.status, path)
		for _, held := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := srv.call("GET", path, "", "If-None-Match", held)
			require.Equal(t, 304, again.status, "%s: %s", path, held)
			require.Empty(t, again.raw)
			require.Equal(t, tag, again.header.Get("ETag"))
			require.Equal(t, first.header.Get("Cache-Control"), again.header.Get("Cache-Control"))
		}
		other := srv.call("GET", path, "", "If-None-Match", `"other"`)
		require.Equal(t, 200, other.status)
		require.Equal(t, first.header.Get("Content-Type"), other.header.Get("Content-Type"), "the first answer stays whole")
		require.Equal(t, first.raw, other.raw)
	}
}
