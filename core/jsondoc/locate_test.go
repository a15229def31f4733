package jsondoc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/jsondoc"
)

func TestLocateAndPosition(t *testing.T) {
	text := []byte("{\n  \"é\": [10,\n    {\"a/b\": true}],\n  \"z\": {}\n}")
	n, err := jsondoc.Parse(text)
	require.NoError(t, err)
	for pointer, want := range map[string][2]int{
		"": {1, 1}, "/é": {2, 3}, "/é/0": {2, 9}, "/é/1/a~1b": {3, 6}, "/z": {4, 3},
		"/z/missing": {4, 3}, "/none": {1, 1}, "/é/7": {2, 3}, "/é/x": {2, 3},
	} {
		t.Run(pointer, func(t *testing.T) {
			line, column := jsondoc.Position(text, n.Locate(pointer))
			require.Equal(t, want, [2]int{line, column})
		})
	}
	line, column := jsondoc.Position(text, 1<<30)
	require.Equal(t, [2]int{5, 2}, [2]int{line, column}, "an offset past the end counts as the end")
}
