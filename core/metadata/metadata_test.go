package metadata_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
)

func read(t *testing.T, text string) (string, []string) {
	t.Helper()
	n, err := jsondoc.Parse([]byte(text))
	require.NoError(t, err)
	v, issues := metadata.Read(n, "/metadata", "code")
	var fields []string
	for _, is := range issues.First {
		fields = append(fields, is.Field)
	}
	return string(v), fields
}

func TestReadReturnsTheCanonicalForm(t *testing.T) {
	v, issues := read(t, `{"b":[1.0,{"z":null,"a":"é"}],"a":-0}`)
	require.Empty(t, issues)
	require.Equal(t, `{"a":0,"b":[1,{"a":"é","z":null}]}`, v)
	v, _ = read(t, `{}`)
	require.Empty(t, v)
	absent, noIssues := metadata.Read(nil, "/metadata", "code")
	require.Nil(t, absent)
	require.Empty(t, noIssues)
}

func TestReadReportsEveryInexactNumberByPointer(t *testing.T) {
	_, issues := read(t, `{"a":12345678901234567890,"b":[{"c/d":1e400}],"e":0.1}`)
	require.Equal(t, []string{"/metadata/a", "/metadata/b/0/c~1d"}, issues)
}
