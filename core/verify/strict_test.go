package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

func TestTwoDifferentLeavesInOnePlaceYieldAFinding(t *testing.T) {
	_, all, _ := newExport(t)
	isLeaf := func(line string) bool { return strings.Contains(line, `"index":`) }
	first := slices.IndexFunc(all, isLeaf)
	second := first + 1 + slices.IndexFunc(all[first+1:], isLeaf)
	l, err := audit.ReadLine([]byte(all[second]))
	require.NoError(t, err)
	require.EqualValues(t, 1, l.Leaf.Index)
	l.Leaf.Index = 0
	other, err := json.Marshal(l)
	require.NoError(t, err)
	findings, _ := checkLines(t, verify.Trust{}, slices.Insert(slices.Clone(all), second, string(other))...)
	require.Equal(t, []string{"checkpoint 1: it has two different leaves 0"}, findings)
}

// In both versions of the hashed form, a payload has at most 100 levels.
func TestADeepPayloadYieldsAFinding(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		for levels, valid := range map[int]bool{100: true, 101: false} {
			payload := `{"é":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
			line := sealedLine(t, payload, version)
			findings, _ := checkLines(t, verify.Trust{}, line)
			require.Equal(t, valid, len(findings) == 0, "version %s, %d levels: %v", version, levels, findings)
		}
	}
}

// A bundle's proof names its place, and only a checkpoint of the log has a header to prove.
func TestAnIncompleteProofIsNotRead(t *testing.T) {
	proof := func(members string) string {
		return `{"format":"procedo-bundle/2","run_id":"r","procedure":{},"events":[],"checkpoint":{` + members + `}}`
	}
	for members, valid := range map[string]bool{
		`"note":"n","seq":1,"hash":"h","index":0,"path":[]`:                                 true,
		`"note":"n","seq":1,"hash":"h","path":[]`:                                           false,
		`"note":"n","seq":1,"hash":"h","index":0`:                                           false,
		`"note":"n","seq":1,"hash":"h","index":0,"path":null`:                               false,
		`"note":"n","seq":1,"hash":"h","index":0,"path":[],"header_path":[]`:                false,
		`"note":"n","header":"h","seq":1,"hash":"h","index":0,"path":[],"header_path":[]`:   true,
		`"note":"n","seq":1,"hash":"h","index":0,"path":[],"m":` + strings.Repeat("[", 300): false,
	} {
		_, err := verify.ReadBundle([]byte(proof(members)), func(n int, do func(from, to int)) { do(0, n) })
		require.Equal(t, valid, err == nil, "%s: %v", members, err)
	}
}
