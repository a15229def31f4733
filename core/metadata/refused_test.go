package metadata_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
)

func TestIssueAboutAnInexactNumberDoesNotContainTheNumber(t *testing.T) {
	n, err := jsondoc.Parse([]byte(`{"n":12345678901234567890}`))
	require.NoError(t, err)
	v, issues := metadata.Read(n, "/metadata", "definition.number")
	require.Nil(t, v)
	require.Equal(t, []fault.Issue{{
		Field: "/metadata/n", Code: "definition.number", Params: fault.Params{"expected": "double"},
	}}, issues.First)
}

func TestReadSortsMembersByUTF16CodeUnits(t *testing.T) {
	v, issues := read(t, `{"\ue000":1,"😀":2,"a":3,"A":4,"":5}`)
	require.Empty(t, issues)
	require.Equal(t, "{\"\":5,\"A\":4,\"a\":3,\"😀\":2,\"\ue000\":1}", v, "U+1F600 is D83D DE00 and sorts before E000")
}

func TestReadReportsANodeWithInvalidRawJSON(t *testing.T) {
	broken := &jsondoc.Node{
		Kind:    jsondoc.Object,
		Members: []jsondoc.Member{{Name: "a", Value: &jsondoc.Node{}}},
		Raw:     []byte(`{"a"`),
	}
	v, issues := metadata.Read(broken, "/metadata", "code")
	require.Nil(t, v)
	require.Equal(t, []fault.Issue{{Field: "/metadata", Code: "code"}}, issues.First)
}
