package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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

// document is a bundle or an export, as JSON that a test can change.
type document struct {
	bundle map[string]any   // nil for an export
	lines  []map[string]any // the events; for an export, also the checkpoints and leaves
}

func readDocument(t *testing.T, file string) (d document) {
	t.Helper()
	for line := range bytes.Lines(contents(t, file)) {
		var one map[string]any
		require.NoError(t, json.Unmarshal(line, &one))
		d.lines = append(d.lines, one)
	}
	if events, ok := d.lines[0]["events"].([]any); ok {
		d.bundle, d.lines = d.lines[0], nil
		for _, e := range events {
			d.lines = append(d.lines, e.(map[string]any))
		}
	}
	return d
}

func (d document) write(t *testing.T, file string) {
	t.Helper()
	var out bytes.Buffer
	for _, line := range d.lines {
		require.NoError(t, json.MarshalWrite(&out, line, json.Deterministic(true)))
		out.WriteByte('\n')
	}
	text := out.Bytes()
	if d.bundle != nil {
		raw, err := json.Marshal(d.bundle, json.Deterministic(true))
		require.NoError(t, err)
		var members map[string]jsontext.Value
		require.NoError(t, json.Unmarshal(raw, &members))
		list := bytes.ReplaceAll(bytes.TrimSpace(text), []byte("\n"), []byte(","))
		members["events"] = slices.Concat([]byte("["), list, []byte("]"))
		text, err = json.Marshal(members, json.Deterministic(true))
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// disclosures returns the disclosures of an event by place; nil if it has none.
func disclosures(event map[string]any) map[string]any {
	all, _ := event["disclosures"].(map[string]any)
	return all
}

// withhold removes a disclosure of an event, and shows its commitment in the payload.
func withhold(t *testing.T, event map[string]any, place string) {
	t.Helper()
	all := disclosures(event)
	delete(all, place)
	if len(all) == 0 {
		delete(event, "disclosures")
	}
	var canonical map[string]any
	require.NoError(t, json.Unmarshal([]byte(event["canonical"].(string)), &canonical))
	names := strings.Split(place, "/")[1:]
	from, to := canonical["payload"], event["payload"]
	for i, name := range names {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		last := i == len(names)-1
		switch node := from.(type) {
		case map[string]any:
			if last {
				to.(map[string]any)[name] = node[name]
				return
			}
			from, to = node[name], to.(map[string]any)[name]
		case []any:
			var at int
			_, err := fmt.Sscan(name, &at)
			require.NoError(t, err)
			from, to = node[at], to.([]any)[at]
		}
	}
	require.Fail(t, "no such place", place)
}

// tamperings are functions that change the disclosure d at a place of an event. Verifiers must detect each change.
var tamperings = map[string]func(event, d map[string]any, place string){
	"another value": func(_, d map[string]any, _ string) { d["value"] = "forged" },
	"another value, also in the payload": func(e, d map[string]any, _ string) {
		e["payload"] = replaced(e["payload"], d["value"], "forged")
		d["value"] = "forged"
	},
	"another salt":             func(_, d map[string]any, _ string) { d["salt"] = "AAAAAAAAAAAAAAAAAAAAAA" },
	"a short salt":             func(_, d map[string]any, _ string) { d["salt"] = d["salt"].(string)[:20] },
	"a salt with surplus bits": func(_, d map[string]any, _ string) { d["salt"] = d["salt"].(string)[:21] + "B" },
	"a salt with a line break": func(_, d map[string]any, _ string) { d["salt"] = d["salt"].(string) + "\n" },
	"a salt that is a number":  func(_, d map[string]any, _ string) { d["salt"] = 1 },
	"no salt":                  func(_, d map[string]any, _ string) { delete(d, "salt") },
	"no value":                 func(_, d map[string]any, _ string) { delete(d, "value") },
	"a further member":         func(_, d map[string]any, _ string) { d["more"] = true },
	"another place": func(e, d map[string]any, place string) {
		all := disclosures(e)
		delete(all, place)
		all[place+"x"] = d
	},
	"a disclosure without a commitment": func(e, d map[string]any, _ string) { disclosures(e)["/nowhere"] = d },
	"the disclosures of nobody":         func(e, _ map[string]any, _ string) { e["disclosures"] = map[string]any{} },
	"null":                              func(e, _ map[string]any, _ string) { e["disclosures"] = nil },
	"a list":                            func(e, d map[string]any, _ string) { e["disclosures"] = []any{d} },
	"only the payload": func(e, d map[string]any, _ string) {
		e["payload"] = replaced(e["payload"], d["value"], "forged")
	},
	"the disclosure alone is missing": func(e, _ map[string]any, place string) { delete(disclosures(e), place) },
}

// replaced returns a copy of a JSON value in which one value is replaced by another.
func replaced(in, value, by any) any {
	if fmt.Sprint(in) == fmt.Sprint(value) {
		return by
	}
	switch in := in.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, one := range in {
			out[name] = replaced(one, value, by)
		}
		return out
	case []any:
		var out []any
		for _, one := range in {
			out = append(out, replaced(one, value, by))
		}
		return out
	}
	return in
}

// typedEvents returns the indexes of the lines that have disclosures.
func (d document) typedEvents() (all []int) {
	for i, line := range d.lines {
		if len(disclosures(line)) > 0 {
			all = append(all, i)
		}
	}
	return all
}

func TestTheIndependentVerifierAgreesOnDisclosures(t *testing.T) {
	e := gatherEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	random := rand.New(rand.NewPCG(1, 2))
	for _, file := range []string{e.bundle, e.export} {
		typed := readDocument(t, file).typedEvents()
		require.NotEmpty(t, typed)
		for what, tamper := range tamperings {
			d := readDocument(t, file)
			event := d.lines[typed[random.IntN(len(typed))]]
			places := slices.Sorted(maps.Keys(disclosures(event)))
			place := places[random.IntN(len(places))]
			tamper(event, disclosures(event)[place].(map[string]any), place)
			d.write(t, altered)
			require.False(t, e.requireAgreement(t, what+" of "+place+" in "+file, altered))
		}
		requireSpellingsAgree(t, e, file, altered)
	}
}

// requireSpellingsAgree requires that both verifiers accept a file whose JSON is written in another way.
func requireSpellingsAgree(t *testing.T, e evidence, file, altered string) {
	t.Helper()
	text := contents(t, file)
	spelled := bytes.ReplaceAll(text, []byte(`"value":"I`), []byte(`"value": "\u0049`))
	require.NotEqual(t, text, spelled)
	require.NoError(t, os.WriteFile(altered, spelled, 0o600))
	require.True(t, e.requireAgreement(t, "another spelling", altered))
}

func TestBothVerifiersNameWhatABundleWithholds(t *testing.T) {
	e := gatherEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	random := rand.New(rand.NewPCG(3, 4))
	for range 6 {
		d := readDocument(t, e.bundle)
		var want []string
		for _, i := range d.typedEvents() {
			event := d.lines[i]
			for _, place := range slices.Sorted(maps.Keys(disclosures(event))) {
				if random.IntN(2) == 0 {
					continue
				}
				withhold(t, event, place)
				want = append(want, fmt.Sprintf("withheld: run %s event %v: %s", event["entity_id"], event["seq"], place))
			}
		}
		d.write(t, altered)
		require.True(t, e.requireAgreement(t, "withheld", altered))
		out, _ := verifyIndependently(t, altered)
		var got []string
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "withheld: ") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		require.ElementsMatch(t, want, got)
		require.Contains(t, out, fmt.Sprintf("0 findings, %d withheld", len(want)))
	}
}

func TestBothVerifiersFindADisclosureThatIsMissingFromAnExport(t *testing.T) {
	e := gatherEvidence(t)
	altered := filepath.Join(e.dir, "altered")
	for _, file := range []string{e.export, e.trail} {
		for _, i := range readDocument(t, file).typedEvents() {
			d := readDocument(t, file)
			event := d.lines[i]
			withhold(t, event, slices.Sorted(maps.Keys(disclosures(event)))[0])
			d.write(t, altered)
			require.False(t, e.requireAgreement(t, fmt.Sprint("line ", i, " of ", file), altered))
		}
	}
}

func TestBothVerifiersAgreeAfterAnErasure(t *testing.T) {
	e := gatherEvidence(t)
	events := readDocument(t, e.bundle).lines
	id := events[0]["entity_id"].(string)
	before, altered := readDocument(t, e.export), filepath.Join(e.dir, "altered")
	_, stderr, status := procedo(t, e.dir, "audit", "erase", "--run", id, "--slot", "alert.incident_id",
		"--reason", "Asked for by the customer", "--yes")
	require.Zero(t, status, stderr)
	waitForText(t, e.trail, "run.content_erased")
	e.export = filepath.Join(e.dir, "later.jsonl")
	_, stderr, status = procedo(t, e.dir, "audit", "export", "-o", e.export)
	require.Zero(t, status, stderr)
	require.True(t, e.requireAgreement(t, "the export after the erasure", e.export))
	require.True(t, e.requireAgreement(t, "the sink kept what it was given", e.trail))
	out, _ := verifyIndependently(t, e.trail)
	require.Regexp(t, `0 findings, [1-9]\d* warnings?`, out)

	after := readDocument(t, e.export)
	restored := 0
	for i, line := range after.lines { // put the events before the erasure in the place of those after it
		if i >= len(before.lines) || line["id"] != before.lines[i]["id"] {
			continue
		}
		if !bytes.Equal(asJSON(t, line), asJSON(t, before.lines[i])) {
			after.lines[i] = before.lines[i]
			restored++
		}
	}
	require.NotZero(t, restored)
	after.write(t, altered)
	require.False(t, e.requireAgreement(t, "a disclosure is present although it was erased", altered))
}

func asJSON(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value, json.Deterministic(true))
	require.NoError(t, err)
	return data
}

// An event of version 1 of the hashed form cannot follow one of version 2. The reverse is allowed.
func TestBothVerifiersFindAnOlderFormAfterANewerOne(t *testing.T) {
	e := gatherEvidence(t)
	file := filepath.Join(e.dir, "forms")
	for versions, valid := range map[string]bool{"112": true, "122": true, "111": true, "121": false, "221": false} {
		head, out := audit.Head{}, []byte{}
		for _, v := range versions {
			sealed := sealVersion(t, head, byte(v))
			head = sealed.Head()
			data, err := json.Marshal(sealed)
			require.NoError(t, err)
			out = append(append(out, data...), '\n')
		}
		require.NoError(t, os.WriteFile(file, out, 0o600))
		require.Equal(t, valid, e.requireAgreement(t, versions, file), versions)
	}
}

// sealVersion returns an event of a version of the hashed form, given as a digit.
func sealVersion(t *testing.T, head audit.Head, version byte) audit.Event {
	t.Helper()
	return sealPayload(t, head, version, "{}")
}

// sealPayload is like sealVersion for an event with the payload, which need not be in RFC 8785 form.
func sealPayload(t *testing.T, head audit.Head, version byte, payload string) audit.Event {
	t.Helper()
	entry := audit.Entry{Action: "step.opened", Actor: "ann", Payload: []byte("{}")}
	sealed, err := audit.Seal(audit.Run("r"), head, entry)
	require.NoError(t, err)
	start, ok := strings.CutSuffix(sealed.Canonical, `"payload":{},"seq":`+fmt.Sprint(sealed.Seq)+`,"v":2}`)
	require.True(t, ok, sealed.Canonical)
	sealed.Canonical = fmt.Sprintf(`%s"payload":%s,"seq":%d,"v":%c}`, start, payload, sealed.Seq, version)
	previous, err := hex.DecodeString(sealed.PrevHash)
	require.NoError(t, err)
	hash := sha256.Sum256(append(previous, sealed.Canonical...))
	sealed.Hash = hex.EncodeToString(hash[:])
	return sealed
}

// A chain can be right and hold events that the service never records.
func TestBothVerifiersRefuseUnknownEvents(t *testing.T) {
	e := evidence{dir: t.TempDir()}
	file := filepath.Join(e.dir, "unknown")
	for _, c := range []struct {
		entity audit.Entity
		action string
		valid  bool
	}{
		{audit.Run("r"), "step.opened", true},
		{audit.Procedure("p"), "procedure.archived", true},
		{audit.Run("r"), "procedure.archived", false},
		{audit.Run("r"), "step.vanished", false},
		{audit.Run("r"), "", false},
		{audit.Entity{Type: "person", ID: "p"}, "step.opened", false},
	} {
		sealed, err := audit.Seal(c.entity, audit.Head{}, audit.Entry{Action: c.action, Actor: "ann", Payload: []byte("{}")})
		require.NoError(t, err)
		data, err := json.Marshal(sealed)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(data, '\n'), 0o600))
		require.Equal(t, c.valid, e.requireAgreement(t, c.action, file), "%s %s", c.entity, c.action)
	}
}
