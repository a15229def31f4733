package procedure_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

func parse(t testing.TB, doc string) *jsondoc.Node {
	t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(t, err, doc)
	return n
}

// findings returns the findings of a document, each as "pointer code".
func findings(t testing.TB, doc string) []string {
	t.Helper()
	_, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	all := []string{}
	for _, is := range issues.First {
		all = append(all, is.Field+" "+strings.TrimPrefix(is.Code, "definition."))
	}
	return all
}

// inProcedure returns a minimal valid document with the members added to its top-level object.
func inProcedure(members string) string {
	return `{"name":"P","steps":[{"key":"s","title":"S"}]` + members + `}`
}

// inStep returns a minimal valid document with the members added to its only step.
func inStep(members string) string {
	return `{"name":"P","steps":[{"key":"s","title":"S"` + members + `}]}`
}

// inSlot returns a minimal document whose step has a slot x with the members, which must include the type.
func inSlot(members string) string { return inStep(`,"slots":[{"name":"x",` + members + `}]`) }

// inItem returns a minimal valid document whose step has a checklist item with the members added to it.
func inItem(members string) string {
	return inStep(`,"checklist_items":[{"key":"i","label":"I"` + members + `}]`)
}

func TestEachRuleOfADefinitionHasItsFinding(t *testing.T) {
	const slotAt, itemAt = "/steps/0/slots/0", "/steps/0/checklist_items/0"
	for _, c := range []struct{ rule, doc, want string }{
		{"a document that is not an object", `[]`, " wrong_type"},
		{"unknown member of a procedure", inProcedure(`,"colour":1`), "/colour unknown_member"},
		{"a member in another letter case", inProcedure(`,"ID":"x"`), "/ID unknown_member"},
		{"unknown member of a step", inStep(`,"checklist":[]`), "/steps/0/checklist unknown_member"},
		{"unknown member of a slot", inSlot(`"type":"string","pattern":"x"`), slotAt + "/pattern unknown_member"},
		{"unknown member of an item", inItem(`,"mandatory":true`), itemAt + "/mandatory unknown_member"},
		{
			"unknown member of translations",
			inStep(`,"translations":{"en":{"label":"x"}}`),
			"/steps/0/translations/en/label unknown_member",
		},
		{"unknown slot type", inSlot(`"type":"float"`), slotAt + "/type unknown_type"},
		{"missing name", `{"steps":[{"key":"s","title":"S"}]}`, "/name required"},
		{"null in place of a required member", `{"name":null,"steps":[{"key":"s","title":"S"}]}`, "/name required"},
		{"missing steps", `{"name":"P"}`, "/steps no_steps"},
		{"an empty list of steps", `{"name":"P","steps":[]}`, "/steps no_steps"},
		{"missing key", `{"name":"P","steps":[{"title":"S"}]}`, "/steps/0/key required"},
		{"missing title", `{"name":"P","steps":[{"key":"s"}]}`, "/steps/0/title required"},
		{"missing slot type", inSlot(`"label":"L"`), slotAt + "/type required"},
		{"missing item label", inStep(`,"checklist_items":[{"key":"i"}]`), itemAt + "/label required"},
		{"blank name", `{"name":" \t","steps":[{"key":"s","title":"S"}]}`, "/name blank"},
		{"blank title", `{"name":"P","steps":[{"key":"s","title":""}]}`, "/steps/0/title blank"},
		{"blank slot label", inSlot(`"type":"string","label":"  "`), slotAt + "/label blank"},
		{"blank item label", inStep(`,"checklist_items":[{"key":"i","label":" "}]`), itemAt + "/label blank"},
		{
			"blank translation of a title",
			inStep(`,"translations":{"en":{"title":" "}}`),
			"/steps/0/translations/en/title blank",
		},
		{"a name without a visible character", `{"name":"\u200b","steps":[{"key":"s","title":"S"}]}`, "/name blank"},
		{
			"a title without a visible character",
			`{"name":"P","steps":[{"key":"s","title":"\u2060\u00ad"}]}`,
			"/steps/0/title blank",
		},
		{"a slot label without a visible character", inSlot(`"type":"string","label":"\u3164"`), slotAt + "/label blank"},
		{
			"an item label without a visible character",
			inStep(`,"checklist_items":[{"key":"i","label":"\u2800"}]`),
			itemAt + "/label blank",
		},
		{
			"an option without a visible character",
			inSlot(`"type":"enum","options":["a","\ufeff"]`),
			slotAt + "/options/1 blank",
		},
		{
			"a translation without a visible character",
			inStep(`,"translations":{"en":{"title":"\u200d"}}`),
			"/steps/0/translations/en/title blank",
		},
		{
			"options that differ only in Unicode composition",
			inSlot(`"type":"multi_enum","options":["\u00e9","e\u0301"]`),
			slotAt + "/options/1 duplicate",
		},
		{
			"a default of a sensitive slot",
			inSlot(`"type":"string","sensitive":true,"default":"a"`),
			slotAt + "/default sensitive_default",
		},
		{"an id with other characters", inProcedure(`,"id":"é"`), "/id name"},
		{"id of 129 characters", inProcedure(`,"id":"` + strings.Repeat("x", 129) + `"`), "/id name"},
		{"an id that begins with a hyphen", inProcedure(`,"id":"-x"`), "/id name"},
		{"the reserved id lint", inProcedure(`,"id":"lint"`), "/id reserved"},
		{"the reserved id simulate", inProcedure(`,"id":"simulate"`), "/id reserved"},
		{"the reserved step key end", `{"name":"P","steps":[{"key":"end","title":"S"}]}`, "/steps/0/key reserved"},
		{
			"a step key that begins the names of the metadata",
			`{"name":"P","steps":[{"key":"run.metadata","title":"S"}]}`, "/steps/0/key reserved",
		},
		{
			"a step key that is the name of a member of the metadata",
			`{"name":"P","steps":[{"key":"run.metadata.x","title":"S"}]}`, "/steps/0/key reserved",
		},
		{"a step key with other characters", `{"name":"P","steps":[{"key":"a b","title":"S"}]}`, "/steps/0/key name"},
		{
			"a slot name with other characters",
			inStep(`,"slots":[{"name":"a-b","type":"string"}]`),
			slotAt + "/name name",
		},
		{
			"a slot name that begins with a digit",
			inStep(`,"slots":[{"name":"1a","type":"string"}]`),
			slotAt + "/name name",
		},
		{
			"a slot name that is a word of CEL",
			inStep(`,"slots":[{"name":"in","type":"string"}]`),
			slotAt + "/name reserved",
		},
		{
			"an item key with other characters",
			inStep(`,"checklist_items":[{"key":"/","label":"I"}]`),
			itemAt + "/key name",
		},
		{
			"duplicate step key",
			`{"name":"P","steps":[{"key":"s","title":"S"},{"key":"s","title":"S"}]}`,
			"/steps/1/key duplicate",
		},
		{
			"duplicate slot name",
			inStep(`,"slots":[{"name":"a","type":"text"},{"name":"a","type":"text"}]`),
			"/steps/0/slots/1/name duplicate",
		},
		{
			"duplicate item key",
			inStep(`,"checklist_items":[{"key":"a","label":"A"},{"key":"a","label":"B"}]`),
			"/steps/0/checklist_items/1/key duplicate",
		},
		{
			"duplicate position",
			`{"name":"P","steps":[{"key":"a","title":"S","position":1},{"key":"b","title":"S","position":1.0}]}`,
			"/steps/1/position duplicate",
		},
		{"a position with a fraction", inStep(`,"position":1.5`), "/steps/0/position value"},
		{"a negative position", inStep(`,"position":-1`), "/steps/0/position value"},
		{"duplicate option", inSlot(`"type":"enum","options":["a","b","a"]`), slotAt + "/options/2 duplicate"},
		{"blank option", inSlot(`"type":"enum","options":["a"," "]`), slotAt + "/options/1 blank"},
		{
			"an option that is not a string",
			inSlot(`"type":"enum","options":["a",1]`),
			slotAt + "/options/1 wrong_type",
		},
		{"enum without options", inSlot(`"type":"enum"`), slotAt + "/options options_required"},
		{
			"multi_enum with empty options",
			inSlot(`"type":"multi_enum","options":[]`),
			slotAt + "/options options_required",
		},
		{
			"a pattern that does not compile by itself",
			inSlot(`"type":"string","validate":"a)(b"`),
			slotAt + "/validate pattern",
		},
		{"a mask without a digit", inSlot(`"type":"string","mask":"\\X99"`), slotAt + "/mask mask"},
		{"min greater than max", inSlot(`"type":"number","min":1.5,"max":1`), slotAt + "/min range"},
		{
			"min_length greater than max_length",
			inSlot(`"type":"string","min_length":2,"max_length":1`),
			slotAt + "/min_length range",
		},
		{"a bound of another type", inSlot(`"type":"number","min":"1"`), slotAt + "/min bound"},
		{"a bound that is not a date", inSlot(`"type":"date","max":"2023-02-29"`), slotAt + "/max bound"},
		{"a length with a fraction", inSlot(`"type":"string","min_length":1.5`), slotAt + "/min_length value"},
		{"a negative length", inSlot(`"type":"string","max_length":-1`), slotAt + "/max_length value"},
		{
			"a constraint that does not apply to the type",
			inSlot(`"type":"boolean","min":1`),
			slotAt + "/min constraint_not_applicable",
		},
		{
			"a default that is not valid for its slot",
			inSlot(`"type":"integer","max":3,"default":4`),
			slotAt + "/default default",
		},
		{"a default of another type", inSlot(`"type":"boolean","default":"yes"`), slotAt + "/default default"},
		{"a default that is blank", inSlot(`"type":"string","default":"  "`), slotAt + "/default default"},
		{"max_visits less than 1", inProcedure(`,"max_visits":0`), "/max_visits value"},
		{"max_visits that is not a number", inProcedure(`,"max_visits":"20"`), "/max_visits wrong_type"},
		{"a language with an underscore", inProcedure(`,"language":"fr_FR"`), "/language language"},
		{
			"a language of translations with an underscore",
			inStep(`,"translations":{"fr_FR":{"title":"É"}}`), "/steps/0/translations/fr_FR language",
		},
		{
			"a language of translations in two spellings",
			inStep(`,"translations":{"FR":{"title":"E"},"fr":{"title":"É"}}`), "/steps/0/translations/fr duplicate",
		},
		{"a language that is not a tag", inProcedure(`,"language":"french language"`), "/language language"},
		{
			"translations under a name that is not a language tag",
			inProcedure(`,"translations":{"!":{}}`),
			"/translations/! language",
		},
		{
			"translation of an unknown option",
			inSlot(`"type":"enum","options":["a"],"translations":{"en":{"options":{"b":"B"}}}`),
			slotAt + "/translations/en/options/b unknown_option",
		},
		{
			"a metadata number that a double cannot hold exactly",
			inProcedure(`,"metadata":{"a":[{"b":9007199254740993}]}`),
			"/metadata/a/0/b number",
		},
		{
			"a metadata number out of the range of a double",
			inSlot(`"type":"string","metadata":{"n":1e400}`),
			slotAt + "/metadata/n number",
		},
		{"metadata that is not an object", inStep(`,"metadata":[]`), "/steps/0/metadata wrong_type"},
		{
			"an unknown region of phone numbers",
			inSlot(`"type":"phone","metadata":{"region":"XX"}`),
			slotAt + "/metadata/region region",
		},
		{"an unknown format", inProcedure(`,"format":"3"`), "/format format"},
		{"a step that is not an object", `{"name":"P","steps":["s"]}`, "/steps/0 wrong_type"},
		{"steps that are not an array", `{"name":"P","steps":{}}`, "/steps wrong_type"},
		{"a flag that is not a boolean", inSlot(`"type":"string","required":"yes"`), slotAt + "/required wrong_type"},
		{"a text that is a number", inProcedure(`,"description":1`), "/description wrong_type"},
		{"a version that is not a number", inProcedure(`,"format":"2","version":"1"`), "/version wrong_type"},
	} {
		t.Run(c.rule, func(t *testing.T) { require.Equal(t, []string{c.want}, findings(t, c.doc), c.doc) })
	}
}

func TestOptionsThatDifferOnlyInCaseOrSurroundingSpaceYieldAWarning(t *testing.T) {
	doc, issues := procedure.Read(context.Background(), parse(t, inSlot(
		`"type":"enum","options":["Yes","yes","no"," no","stra\u00dfe","STRASSE","\u00c9","e\u0301","a b","ab"]`,
	)), cel.Language{})
	require.Empty(t, issues)
	warnings := []string{}
	for _, w := range doc.Warnings.First {
		require.Equal(t, "definition.similar_option", w.Code)
		warnings = append(warnings, w.Field+" "+w.Params["first"].(string))
	}
	const options = "/steps/0/slots/0/options/"
	require.Equal(t, []string{
		options + "1 " + options + "0", options + "3 " + options + "2", options + "5 " + options + "4",
		options + "7 " + options + "6",
	}, warnings)
	require.Equal(t, []string{"Yes", "yes", "no", " no"}, doc.Steps[0].Slots[0].Options[:4])
}

func TestABoundWithTooManyDigitsIsANumber(t *testing.T) {
	for typ, bound := range map[string]string{"integer": strings.Repeat("9", 61), "number": "1e-101"} {
		_, issues := procedure.Read(context.Background(), parse(t, inSlot(`"type":"`+typ+`","min":`+bound)), cel.Language{})
		require.Len(t, issues.First, 1)
		require.Equal(t, "definition.bound", issues.First[0].Code)
		require.Equal(t, fault.Params{"type": typ, "max_digits": 60}, issues.First[0].Params)
	}
}

func TestReadReturnsAllFindingsInDocumentOrder(t *testing.T) {
	require.Equal(t, []string{
		"/zzz unknown_member",
		"/steps/0/title blank",
		"/steps/0/slots/0/max bound",
		"/steps/0/slots/0/name reserved",
		"/steps/1/key duplicate",
		"/name blank",
	}, findings(t, `{"zzz":1,"steps":[
		{"title":" ","slots":[{"max":"x","type":"date","name":"for"}],"key":"a"},
		{"title":"B","key":"a"}],"name":""}`))
}

func TestEmptyMembersAreNotFindings(t *testing.T) {
	for _, doc := range []string{
		inProcedure(`,"format":"2","description":"","language":null,"metadata":null,"translations":{},
			"max_visits":null,"warnings":[]`),
		inStep(`,"when":"","transitions":[],"skippable":false,"slots":null,"checklist_items":[]`),
		inSlot(`"type":"string","when":null,"required_when":"","options":[],"validate":"","min":null,"default":null,
			"sensitive":false`),
		inSlot(`"type":"multi_enum","options":["a"],"default":[]`),
		inProcedure(`,"language":"fr-x-agence"`),
		inProcedure(`,"metadata":{"n":[0.1,1e300,-0]}`),
		inSlot(`"type":"phone","metadata":{"region":"FR"},"default":"01 23 45 67 89"`),
	} {
		require.Empty(t, findings(t, doc), doc)
	}
}

// FuzzRead checks that Read never panics. It also checks that the canonical form of an accepted document does not
// change when it is read and written again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		inSlot(`"type":"number","min":1.50,"max":1e3,"default":2`),
		inItem(`,"required":true,"translations":{"en":{"label":"x"}}`),
		inProcedure(`,"metadata":{"b":1,"a":[true,null]}`),
		`{"name":"P","steps":[{"key":"a","title":"A","position":2},{"key":"b","title":"B","position":1}]}`,
		`[]`,
		`{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := jsondoc.Parse(data)
		if err != nil {
			return
		}
		doc, issues := procedure.Read(context.Background(), n, cel.Language{})
		if issues.Count > 0 {
			return
		}
		canonical := doc.Canonical()
		again, issues := procedure.ReadCanonical(canonical, cel.Language{})
		if issues.Count > 0 || string(again.Canonical()) != string(canonical) {
			t.Fatalf("%s\n%v", canonical, issues)
		}
	})
}

func TestAFindingAboutTheTypeOfAClosedSetOfTextsNamesThem(t *testing.T) {
	for doc, allowed := range map[string]any{
		inStep(`,"agents":false`):        []string{"commit", "draft", "none"},
		inStep(`,"on_return":true`):      []string{"blank", "keep"},
		inStep(`,"on_return":["keep"]`):  []string{"blank", "keep"},
		inSlot(`"type":true`):            slot.Types,
		inProcedure(`,"description":1`):  nil,
		inProcedure(`,"max_visits":"1"`): nil,
	} {
		_, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
		require.NotEmpty(t, issues, doc)
		require.Equal(t, "definition.wrong_type", issues.First[0].Code)
		require.Equal(t, allowed, issues.First[0].Params["allowed"], doc)
	}
}
