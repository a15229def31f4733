package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// erasedEvidence returns evidence in which a slot of the bundle's run was erased, and the lines of an export from
// before the erasure. The fields export and trail name files from after it.
func erasedEvidence(t *testing.T) (e evidence, before []string, id string) {
	t.Helper()
	e = gatherEvidence(t)
	id = readDocument(t, e.bundle).lines[0]["entity_id"].(string)
	before = linesOf(t, e.export)
	_, stderr, status := procedo(t, e.dir, "audit", "erase", "--run", id, "--slot", "alert.incident_id",
		"--reason", "Asked for by the customer", "--yes")
	require.Zero(t, status, stderr)
	waitForText(t, e.trail, "run.content_erased")
	e.export = filepath.Join(e.dir, "later.jsonl")
	_, stderr, status = procedo(t, e.dir, "audit", "export", "-o", e.export)
	require.Zero(t, status, stderr)
	return e, before, id
}

// linesOf returns the lines of a file, each with its line feed.
func linesOf(t *testing.T, file string) []string {
	t.Helper()
	return slices.Collect(strings.Lines(string(contents(t, file))))
}

func isCheckpoint(line string) bool { return strings.HasPrefix(line, `{"checkpoint"`) }

func TestBothVerifiersFindAnErasedValueInARepeatedLine(t *testing.T) {
	e, before, id := erasedEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	after := linesOf(t, e.export)
	ofRun := func(line string) bool {
		return !isCheckpoint(line) && strings.Contains(line, `"entity_id":"`+id+`"`)
	}
	var own, old []string
	for _, line := range after {
		if ofRun(line) {
			own = append(own, line)
		}
	}
	for _, line := range before {
		if ofRun(line) {
			old = append(old, line)
		}
	}
	erasure := own[len(own)-1]
	require.Contains(t, erasure, "run.content_erased")
	last := slices.Index(after, erasure)
	verify := func(what string, lines ...string) bool {
		require.NoError(t, os.WriteFile(altered, []byte(strings.Join(lines, "")), 0o600))
		return e.requireAgreement(t, what, altered)
	}
	require.True(t, verify("the export twice", slices.Concat(after, after)...))
	require.False(t, verify("after the erasure", slices.Concat(after, old, own[len(own)-1:])...))
	out, _ := verifyIndependently(t, altered)
	require.Contains(t, out, "is still present, although it was erased")
	require.False(t, verify("before the erasure", slices.Concat(after[:last], old, after[last:])...))

	sink := linesOf(t, e.trail)
	withheld := slices.Concat(sink, old, own[len(own)-1:])
	require.True(t, verify("in the output of a sink it is a warning", withheld...))
	out, _ = verifyIndependently(t, altered)
	require.Contains(t, out, "warning: run "+id)
	unsigned := slices.DeleteFunc(slices.Clone(sink), isCheckpoint)
	require.False(t, verify("the output of a sink without checkpoints is like an export", unsigned...))
}

// Both verifiers must accept or refuse the same repetitions. Each is a random part of the lines, sometimes up to the
// last event, inserted at a random place.
func TestBothVerifiersAgreeOnRandomRepetitions(t *testing.T) {
	e, before, _ := erasedEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	sources := [][]string{linesOf(t, e.export), linesOf(t, e.trail), before}
	random := rand.New(rand.NewPCG(5, 6))
	outcomes := map[bool]int{}
	for i := range 24 {
		lines := slices.Clone(sources[i%2])
		for range 1 + random.IntN(2) {
			from := sources[i%2]
			if random.IntN(4) == 0 {
				from = sources[2]
			}
			start, end := random.IntN(len(from)), len(from)
			if random.IntN(2) == 0 {
				end = start + random.IntN(len(from)-start)
			}
			at := len(lines) - random.IntN(2)*random.IntN(len(lines))
			part := slices.Clone(from[start:end])
			if random.IntN(4) == 0 {
				random.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
			}
			lines = slices.Insert(lines, at, part...)
		}
		require.NoError(t, os.WriteFile(altered, []byte(strings.Join(lines, "")), 0o600))
		outcomes[e.requireAgreement(t, fmt.Sprint("repetition ", i), altered)]++
	}
	require.Positive(t, outcomes[true], "none was accepted")
	require.Positive(t, outcomes[false], "none was refused")

	d := readDocument(t, e.bundle)
	d.lines = append(d.lines, d.lines[len(d.lines)-1])
	d.write(t, altered)
	require.False(t, e.requireAgreement(t, "a bundle repeats nothing", altered))
}

// A bundle may be written on several lines; the lines of an export may not.
func TestBothVerifiersTellBundlesAndLinesApart(t *testing.T) {
	e := gatherEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	bundle, export := contents(t, e.bundle), contents(t, e.export)
	pretty, err := json.Marshal(readDocument(t, e.bundle).bundle, json.Deterministic(true))
	require.NoError(t, err)
	first, _, _ := bytes.Cut(export, []byte("\n"))
	for what, c := range map[string]struct {
		text  []byte
		valid bool
	}{
		"other order of members":    {pretty, true},
		"indented":                  {indented(t, bundle), true},
		"indented, other order":     {indented(t, pretty), true},
		"lines and empty lines":     {bytes.ReplaceAll(export, []byte("\n"), []byte("\n\n")), true},
		"nothing":                   {nil, true},
		"an empty line first":       {append([]byte("\n"), bundle...), false},
		"an indented event":         {indented(t, first), false},
		"a list":                    {[]byte("[]\n"), false},
		"an empty object":           {[]byte("{}\n"), false},
		"a bundle, then more":       {append(bytes.Clone(bundle), "{}"...), false},
		"a bundle after an export":  {append(bytes.Clone(export), bundle...), false},
		"no JSON":                   {[]byte("events\n"), false},
		"a bundle of another form":  {bytes.Replace(bundle, []byte("bundle/2"), []byte("bundle/3"), 1), false},
		"a bundle without its form": {bytes.Replace(bundle, []byte(`"format"`), []byte(`"former"`), 1), false},
	} {
		require.NoError(t, os.WriteFile(altered, c.text, 0o600))
		require.Equal(t, c.valid, e.requireAgreement(t, what, altered), what)
	}
}

func indented(t *testing.T, text []byte) []byte {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(bytes.TrimSpace(text), &value))
	out, err := json.Marshal(value, json.Deterministic(true), jsontext.WithIndent("  "))
	require.NoError(t, err)
	return append(out, '\n')
}

// A payload that is not in RFC 8785 form is refused, although its hash is right and the payload beside it has the same
// bytes.
func TestBothVerifiersRefuseAPayloadInAnotherForm(t *testing.T) {
	e := evidence{dir: t.TempDir()}
	file := filepath.Join(e.dir, "forms")
	for payload, valid := range map[string]bool{
		`{"a":1,"b":2}`:       true,
		`{"b":2,"a":1}`:       false,
		`{"a":1, "b":2}`:      false,
		`{"a":1.0}`:           false,
		`{"a":"\u0062"}`:      false,
		`{"a":{"y":1,"x":1}}`: false,
	} {
		for _, version := range []byte("12") {
			sealed := sealPayload(t, audit.Head{}, version, payload)
			data, err := json.Marshal(sealed)
			require.NoError(t, err)
			var members map[string]any
			require.NoError(t, json.Unmarshal(data, &members))
			delete(members, "payload")
			rest, err := json.Marshal(members, json.Deterministic(true))
			require.NoError(t, err)
			line := slices.Concat([]byte(`{"payload":`+payload+`,`), rest[1:], []byte("\n"))
			require.NoError(t, os.WriteFile(file, line, 0o600))
			require.Equal(t, valid, e.requireAgreement(t, payload, file), payload)
		}
	}
}
