package procedure_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/docs"
)

func TestEveryMemberOfTheFormatIsAccepted(t *testing.T) {
	require.Empty(t, findings(t, `{
		"format":"2","id":"p","name":"P","description":"D","language":"fr","metadata":{"a":1},"max_visits":5,
		"translations":{"en":{"name":"N","description":"D"}},
		"steps":[{
			"key":"s","title":"S","prompt":"P","position":0,"metadata":{"a":1},
			"when":null,"transitions":[],"skippable":false,
			"translations":{"en":{"title":"T","prompt":"P"}},
			"slots":[
				{"name":"x","type":"enum","required":true,"label":"L","description":"D","position":0,
				 "options":["a"],"default":"a","sensitive":false,"when":"","required_when":"","metadata":{"a":1},
				 "translations":{"en":{"label":"L","description":"D","options":{"a":"A"}}}},
				{"name":"y","type":"string","validate":"[0-9-]+","mask":"X-X","min_length":1,"max_length":9},
				{"name":"secret","type":"string","sensitive":true},
				{"name":"z","type":"date","min":"2024-01-01","max":"2024-01-01"}],
			"checklist_items":[
				{"key":"i","label":"I","description":"D","required":true,"default_state":true,"position":0,
				 "when":null,"metadata":{"a":1},"translations":{"en":{"label":"L","description":"D"}}}]}]}`))
}

func TestConstraintsThatDoNotApplyToTheTypeAreFindings(t *testing.T) {
	const textual, bounded = "validate mask min_length max_length", "min max"
	applicable := map[slot.Type]string{
		slot.String: textual, slot.LongText: textual, slot.Email: textual, slot.Phone: textual, slot.URL: textual,
		slot.Integer: bounded, slot.Decimal: bounded,
		slot.DateOnly: bounded, slot.DateTime: bounded, slot.TimeOfDay: bounded,
		slot.Bool: "", slot.Enum: "options", slot.MultiEnum: "options min_length max_length",
	}
	bound := map[slot.Type]string{
		slot.DateOnly: `"2024-01-01"`, slot.DateTime: `"2024-01-01T00:00:00Z"`, slot.TimeOfDay: `"08:00:00"`,
	}
	text := map[slot.Type]string{ // a text that the type accepts and that can be a mask
		slot.Email: "X@a.b", slot.Phone: "+49123X", slot.URL: "http://aX",
	}
	for _, typ := range slot.Types {
		b := cmp.Or(bound[typ], `1`)
		mask := cmp.Or(text[typ], "X")
		for member, value := range map[string]string{
			"options": `["a"]`, "validate": `".{` + strconv.Itoa(len(mask)) + `}"`, "mask": `"` + mask + `"`,
			"min_length": `1`, "max_length": strconv.Itoa(len(mask)), "min": b, "max": b,
		} {
			t.Run(string(typ)+" "+member, func(t *testing.T) {
				text := fmt.Sprintf(`"type":"%s","%s":%s`, typ, member, value)
				if member != "options" && strings.Contains(applicable[typ], "options") {
					text += `,"options":["a"]`
				}
				want := []string{}
				if !strings.Contains(" "+applicable[typ]+" ", " "+member+" ") {
					want = append(want, "/steps/0/slots/0/"+member+" constraint_not_applicable")
				}
				got := findings(t, inSlot(text))
				if member == "options" && len(want) > 0 {
					got = got[:min(1, len(got))]
				}
				require.Equal(t, want, got)
			})
		}
	}
}

func TestADefaultMustBeValidForItsSlot(t *testing.T) {
	for typ, c := range map[slot.Type]struct{ valid, invalid string }{
		slot.String:    {`"a"`, `"a\nb"`},
		slot.LongText:  {`"a\nb"`, `1`},
		slot.Integer:   {`3.0`, `3.5`},
		slot.Decimal:   {`1e-1`, `1e101`},
		slot.Bool:      {`false`, `0`},
		slot.DateOnly:  {`"2024-02-29"`, `"2023-02-29"`},
		slot.DateTime:  {`"2024-01-01T00:00:00Z"`, `"2024-01-01T00:00:00"`},
		slot.TimeOfDay: {`"08:00:00"`, `"08:00"`},
		slot.Enum:      {`"a"`, `"b"`},
		slot.MultiEnum: {`["a"]`, `["a","a"]`},
		slot.Email:     {`"a@b.c"`, `"a"`},
		slot.Phone:     {`"+33123456789"`, `"0123456789"`},
		slot.URL:       {`"http://a"`, `"ftp://a"`},
	} {
		t.Run(string(typ), func(t *testing.T) {
			text := fmt.Sprintf(`"type":"%s"`, typ)
			if typ == slot.Enum || typ == slot.MultiEnum {
				text += `,"options":["a"]`
			}
			require.Empty(t, findings(t, inSlot(text+`,"default":`+c.valid)))
			require.Equal(t, []string{"/steps/0/slots/0/default default"},
				findings(t, inSlot(text+`,"default":`+c.invalid)))
		})
	}
}

func TestFindingOfADuplicateRefersToTheFirstOccurrence(t *testing.T) {
	steps := func(elements ...string) string {
		return `{"name":"P","steps":[` + strings.Join(elements, ",") + `]}`
	}
	const key, name, item = `{"key":"a","title":"S"}`, `{"name":"x","type":"text"}`, `{"key":"i","label":"I"}`
	three := func(element string) string { return `[` + element + `,` + element + `,` + element + `]` }
	for first, doc := range map[string]string{
		"/steps/0/key": steps(key, key, key),
		"/steps/0/position": steps(
			`{"key":"a","title":"S","position":10}`,
			`{"key":"b","title":"S","position":1e1}`,
			`{"key":"c","title":"S","position":10.0}`),
		"/steps/0/slots/0/options/0":     inSlot(`"type":"enum","options":["a","a","a"]`),
		"/steps/0/slots/0/name":          inStep(`,"slots":` + three(name)),
		"/steps/0/checklist_items/0/key": inStep(`,"checklist_items":` + three(item)),
		"/steps/0/rules/0/fields/0": inStep(
			`,"slots":[` + name + `],"rules":[{"key":"r","assert":"x != 'b'","message":"M","fields":` + three(`"x"`) + `}]`),
	} {
		t.Run(first, func(t *testing.T) {
			_, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
			require.Len(t, issues.First, 2)
			for _, is := range issues.First {
				require.Equal(t, "definition.duplicate", is.Code)
				require.Equal(t, fault.Params{"first": first}, is.Params, is.Field)
			}
		})
	}
}

func TestDuplicatesAreReportedInDocumentOrder(t *testing.T) {
	require.Equal(t, []string{"/steps/1/key duplicate", "/steps/2/key duplicate"}, findings(t, `{"name":"P","steps":[
		{"key":"a","title":"S","position":3},
		{"key":"a","title":"S","position":2},
		{"key":"a","title":"S","position":1}]}`))
}

func TestFormsOfIDsKeysAndNames(t *testing.T) {
	long := strings.Repeat("x", 127)
	for _, id := range []string{"0", "A_.-", "9" + long, "END", "Lint"} {
		require.Empty(t, findings(t, inProcedure(`,"id":"`+id+`"`)), id)
		require.Empty(t, findings(t, `{"name":"P","steps":[{"key":"`+id+`","title":"S"}]}`), id)
	}
	for _, id := range []string{"_x", ".x", "x/y", "x y", "é", "x" + long + "x", "x\\n"} {
		require.Equal(t, []string{"/id name"}, findings(t, inProcedure(`,"id":"`+id+`"`)), id)
	}
	for _, name := range []string{"_", "_9", "Z" + long, "True", "end", "steps"} {
		require.Empty(t, findings(t, inStep(`,"slots":[{"name":"`+name+`","type":"text"}]`)), name)
	}
	for _, name := range []string{"9x", "x.y", "x-y", "é", "x" + long + "x"} {
		require.Equal(t, []string{"/steps/0/slots/0/name name"},
			findings(t, inStep(`,"slots":[{"name":"`+name+`","type":"text"}]`)), name)
	}
}

func TestASlotNameMustNotBeAWordOfCEL(t *testing.T) {
	for _, word := range strings.Fields("true false null in as break const continue else for function if import let " +
		"loop package namespace return var void while") {
		require.Equal(t, []string{"/steps/0/slots/0/name reserved"},
			findings(t, inStep(`,"slots":[{"name":"`+word+`","type":"text"}]`)), word)
	}
}

func TestReservedWordsDependOnTheElement(t *testing.T) {
	require.Empty(t, findings(t, inProcedure(`,"id":"end"`)), "end is reserved for step keys only")
	require.Empty(t, findings(t, `{"name":"P","steps":[{"key":"run.metadatas","title":"S"},{"key":"run","title":"T"}]}`))
	require.Empty(t, findings(t, `{"name":"P","steps":[{"key":"lint","title":"S"}]}`))
	require.Empty(t, findings(t, inStep(`,"checklist_items":[{"key":"end","label":"I"}]`)))
}

func TestReadOnlyMembersAreAcceptedAndNotPartOfTheDefinition(t *testing.T) {
	doc, issues := procedure.Read(context.Background(), parse(t, inProcedure(`,"version":3,"status":"active","digest":"sha256:x",
		"created_at":"2026-11-23T09:30:00Z","created_by":"ann","warnings":[]`)), cel.Language{})
	require.Empty(t, issues)
	require.Equal(t, procedure.ReadOnly{
		Version: 3, Status: "active", Digest: "sha256:x", CreatedAt: "2026-11-23T09:30:00Z", CreatedBy: "ann",
	}, doc.ReadOnly)
	require.Equal(t, canonical(t, inProcedure("")), string(doc.Canonical()))
	doc, _ = procedure.Read(context.Background(), parse(t, inProcedure(`,"version":1`)), cel.Language{})
	require.Equal(t, 1, doc.ReadOnly.Version)
	for _, version := range []string{"0", "-3", "1.5", "1e99"} {
		doc, _ := procedure.Read(context.Background(), parse(t, inProcedure(`,"version":`+version)), cel.Language{})
		require.NotZero(t, doc.ReadOnly.Version, "%s is present, and different from every version", version)
		require.Negative(t, doc.ReadOnly.Version)
	}
}

func TestTheCanonicalFormIsSortedByUTF16CodeUnitsAndItsSHA256IsTheDigest(t *testing.T) {
	const want = `{"id":"p","metadata":{"A":1e+21,"a":0.1,"é":"\u001f","😀":[],"` + "\ue000" + `":{}},` +
		`"name":"<P>&` + "\u2028" + `","steps":[{"key":"s","title":"S"}]}`
	got := canonical(t, `{"steps":[{"title":"S","key":"s"}],"id":"p","name":"<P>&\u2028",
		"metadata":{"\ue000":{},"\ud83d\ude00":[],"é":"\u001F","a":1E-1,"A":1000000000000000000000}}`)
	require.Equal(t, want, got)
	sum := sha256.Sum256([]byte(want))
	require.Equal(t, "sha256:"+hex.EncodeToString(sum[:]), procedure.Digest([]byte(got)))
}

// The documents set every member to a value other than its default. No two of them may have the same canonical form.
func TestEveryMemberIsPartOfTheCanonicalForm(t *testing.T) {
	seen := map[string]string{}
	for _, doc := range []string{
		inProcedure(""),
		inProcedure(`,"description":"D"`),
		inProcedure(`,"max_visits":21`),
		inProcedure(`,"language":"fr"`),
		inProcedure(`,"metadata":{"a":null}`),
		inStep(`,"prompt":"P"`),
		inSlot(`"type":"text"`),
		inSlot(`"type":"string"`),
		inSlot(`"type":"text","required":false`),
		inSlot(`"type":"text","sensitive":true`),
		inSlot(`"type":"text","default":"x"`),
		inSlot(`"type":"boolean"`),
		inSlot(`"type":"boolean","default":false`),
		inSlot(`"type":"number","min":0`),
		inSlot(`"type":"integer","min":0`),
		inSlot(`"type":"enum","options":["a","b"]`),
		inSlot(`"type":"enum","options":["b","a"]`),
		inItem(""),
		inItem(`,"required":true`),
		inItem(`,"default_state":true`),
		inProcedure(`,"id":"p"`),
		inProcedure(`,"translations":{"en":{"name":"N"}}`),
		inProcedure(`,"translations":{"en":{"description":"N"}}`),
		inProcedure(`,"translations":{"de":{"name":"N"}}`),
		inStep(`,"metadata":{"a":1}`),
		inStep(`,"translations":{"en":{"title":"N"}}`),
		inStep(`,"translations":{"en":{"prompt":"N"}}`),
		inSlot(`"type":"text","metadata":{"a":1}`),
		inSlot(`"type":"text","label":"L"`),
		inSlot(`"type":"text","description":"L"`),
		inSlot(`"type":"text","validate":"9"`),
		inSlot(`"type":"text","mask":"X"`),
		inSlot(`"type":"text","min_length":9`),
		inSlot(`"type":"text","max_length":9`),
		inSlot(`"type":"text","min_length":0`),
		inSlot(`"type":"number","max":0`),
		inSlot(`"type":"number","max":0,"default":0`),
		inSlot(`"type":"text","translations":{"en":{"label":"N"}}`),
		inSlot(`"type":"text","translations":{"en":{"description":"N"}}`),
		inSlot(`"type":"enum","options":["a","b"],"translations":{"en":{"options":{"a":"N"}}}`),
		inItem(`,"description":"L"`),
		inItem(`,"metadata":{"a":1}`),
		inItem(`,"translations":{"en":{"label":"N"}}`),
		inItem(`,"translations":{"en":{"description":"N"}}`),
		inStep(`,"slots":[{"name":"x","type":"text"},{"name":"y","type":"text"}]`),
		inStep(`,"slots":[{"name":"y","type":"text"},{"name":"x","type":"text"}]`),
	} {
		// A second variant of the document has other texts, which must also change the canonical form.
		otherTexts := strings.NewReplacer(`"N"`, `"M"`, `"L"`, `"M"`).Replace(doc)
		for _, doc := range slices.Compact([]string{doc, otherTexts}) {
			text := canonical(t, doc)
			require.NotContains(t, seen, text, doc)
			seen[text] = doc
		}
	}
}

func TestOnlyReadCanonicalAcceptsNumbersAsStrings(t *testing.T) {
	text := canonical(t, inSlot(`"type":"integer","min":1,"max":12345678901234567890,"default":2`))
	require.Equal(t,
		[]string{"/steps/0/slots/0/default default", "/steps/0/slots/0/max bound", "/steps/0/slots/0/min bound"},
		sorted(findings(t, text)))
	d, issues := procedure.ReadCanonical([]byte(text), cel.Language{})
	require.Empty(t, issues)
	require.Equal(t, "12345678901234567890", d.Steps[0].Slots[0].Max.Text())
}

func sorted(all []string) []string {
	slices.Sort(all)
	return all
}

func TestStepsAndSlotsAreFoundByName(t *testing.T) {
	d, issues := procedure.Read(context.Background(), parse(t, `{"name":"P","steps":[
		{"key":"a","title":"A"},
		{"key":"b","title":"B","slots":[
			{"name":"x","type":"text"},
			{"name":"y","type":"text","sensitive":true}]}]}`), cel.Language{})
	require.Empty(t, issues)
	i, ok := d.StepIndex("b")
	require.True(t, ok)
	require.Equal(t, 1, i)
	_, ok = d.StepIndex("B")
	require.False(t, ok)
	j, ok := d.Steps[1].SlotIndex("y")
	require.True(t, ok)
	require.Equal(t, 1, j)
	_, ok = d.Steps[0].SlotIndex("y")
	require.False(t, ok)
	require.True(t, d.HasSensitive())
}

func TestTextsWithoutTranslationAreInTheDocumentsOwnLanguage(t *testing.T) {
	d, issues := procedure.Read(context.Background(), parse(t, `{"name":"P","language":"fr","steps":[
		{"key":"a","title":"Titre","prompt":"Invite","translations":{"en":{"title":"Title"},"de":{"prompt":"Frage"}},
		 "slots":[
			{"name":"x","type":"text","label":"Nom","translations":{"en":{"label":"Name"}}},
			{"name":"y","type":"text"}],
		 "checklist_items":[{"key":"i","label":"Fait","translations":{"en":{"label":"Done"}}}]}]}`), cel.Language{})
	require.Empty(t, issues)
	step := &d.Steps[0]
	shown := func(tags ...string) []string {
		var wanted []language.Tag
		for _, tag := range tags {
			wanted = append(wanted, language.Make(tag))
		}
		r := d.In(wanted)
		return []string{r.Language(), r.Step(step), r.Item(&step.Items[0])}
	}
	require.Equal(t, []string{"fr", "Titre", "Fait"}, shown())
	require.Equal(t, []string{"fr", "Titre", "Fait"}, shown("fr-CA"))
	require.Equal(t, []string{"en", "Title", "Done"}, shown("en-US"))
	require.Equal(t, []string{"de", "Titre", "Fait"}, shown("de"), "the prompt is translated, the title is not")
	require.Equal(t, "fr", shown("ja", "ko")[0], "none matches")
	require.Equal(t, "en", shown("ja", "en")[0], "only the second matches")
}

func TestMakeIDReturnsValidIDs(t *testing.T) {
	for _, name := range []string{
		strings.Repeat("long name ", 50), strings.Repeat("é", 500), "lint", "-", "\u0301\u0301", "😀 x 😀",
	} {
		id := procedure.MakeID(name, "0a1b")
		require.Empty(t, findings(t, inProcedure(`,"id":"`+id+`"`)), id)
		require.True(t, strings.HasSuffix(id, "-0a1b"), id)
	}
}

func BenchmarkRead(b *testing.B) {
	n := parse(b, string(docs.Demo))
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := procedure.Read(context.Background(), n, cel.Language{}); issues.Count > 0 {
			b.Fatal(issues)
		}
	}
}
