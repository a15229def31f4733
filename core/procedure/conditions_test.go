package procedure_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

// TestConditionsOfTheCorpus checks the cases in testdata/conditions.txt. A case is a definition in the following short
// form, with its expected findings in order.
//
//	# what the case is about
//	STEP [when EXPR] [skippable]         a step begins in the first column
//	  slot NAME TYPE [optional] [sensitive] [when EXPR] [required_when EXPR]
//	  item KEY [when EXPR]
//	  to TARGET [when EXPR]
//	=> POINTER CODE [NAME] [LINE:COLUMN]  or  => ok
func TestConditionsOfTheCorpus(t *testing.T) {
	data, err := os.ReadFile("testdata/conditions.txt")
	require.NoError(t, err)
	cases := 0
	for _, text := range strings.Split(string(data), "\n\n") {
		title, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
		t.Run(strings.TrimPrefix(title, "# "), func(t *testing.T) {
			doc, want := parseCase(t, rest)
			_, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
			got := []string{}
			for _, is := range issues.First {
				line := is.Field + " " + strings.TrimPrefix(is.Code, "definition.")
				if is.Params["name"] != nil {
					line += " " + is.Params["name"].(string)
				}
				if is.Params["column"] != nil {
					line += fmt.Sprintf(" %v:%v", is.Params["line"], is.Params["column"])
				}
				got = append(got, line)
			}
			require.Equal(t, want, got, "%s\n%v", doc, issues)
		})
		cases++
	}
	require.Greater(t, cases, 40)
}

// parseCase parses a case of the corpus. It returns the definition as a JSON document, and the expected findings.
func parseCase(t *testing.T, text string) (doc string, findings []string) {
	t.Helper()
	type element = map[string]any
	var steps []element
	findings = []string{}
	add := func(name string, e element) {
		last := steps[len(steps)-1]
		list, _ := last[name].([]element)
		last[name] = append(list, e)
	}
	for _, line := range strings.Split(text, "\n") {
		if want, ok := strings.CutPrefix(line, "=> "); ok {
			if want != "ok" {
				findings = append(findings, want)
			}
			continue
		}
		e := element{}
		line, e["required_when"] = cutClause(line, " required_when ")
		line, e["when"] = cutClause(line, " when ")
		words := strings.Fields(line)
		for _, w := range words {
			switch w {
			case "optional":
				e["required"] = false
			case "sensitive", "skippable":
				e[w] = true
			}
		}
		switch {
		case !strings.HasPrefix(line, " "):
			e["key"], e["title"] = words[0], "T"
			delete(e, "required_when")
			steps = append(steps, e)
		case words[0] == "slot":
			e["name"], e["type"] = words[1], words[2]
			if strings.HasSuffix(words[2], "enum") {
				e["options"] = []string{"low", "high"}
			}
			add("slots", e)
		case words[0] == "item":
			e["key"], e["label"] = words[1], "L"
			delete(e, "required_when")
			add("checklist_items", e)
		case words[0] == "to":
			e["to"] = words[1]
			delete(e, "required_when")
			add("transitions", e)
		}
	}
	return marshal(t, element{"name": "P", "steps": steps}), findings
}

// cutClause splits a line at the word: "slot x integer when EXPR" becomes "slot x integer" and EXPR. In the expression,
// \n stands for a line break.
func cutClause(line, word string) (rest string, expression any) {
	rest, clause, found := strings.Cut(line, word)
	if !found {
		return line, nil
	}
	return rest, strings.ReplaceAll(clause, `\n`, "\n")
}

func TestConditionsAndTransitionsRoundTripThroughTheCanonicalForm(t *testing.T) {
	doc := `{"id":"p","name":"P","steps":[
		{"key":"a","title":"A",
		 "slots":[
			{"name":"x","type":"number"},
			{"name":"y","type":"string","when":"x > 1.0","required_when":"x > 2.0"}],
		 "checklist_items":[{"key":"i","label":"I","when":"x > 3.0"}],
		 "transitions":[{"when":"x > 4.0","to":"c"},{"to":"b"}],
		 "skippable":false},
		{"key":"b","title":"B","when":"has(a.y)","skippable":true},
		{"key":"c","title":"C","transitions":[]}]}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	canonical := read.Canonical()
	require.Equal(t, joined(`{"id":"p","name":"P","steps":[
		{"checklist_items":[{"key":"i","label":"I","when":"x > 3.0"}],
		"key":"a",
		"slots":[
			{"name":"x","type":"number"},
			{"name":"y","required_when":"x > 2.0","type":"string","when":"x > 1.0"}],
		"title":"A",
		"transitions":[{"to":"c","when":"x > 4.0"},{"to":"b"}]},
		{"key":"b","skippable":true,"title":"B","when":"has(a.y)"},
		{"key":"c","title":"C"}]}`), string(canonical))
	again, issues := procedure.ReadCanonical(canonical, cel.Language{})
	require.Empty(t, issues)
	require.Equal(t, canonical, again.Canonical())
	require.Equal(t, "/steps/0/slots/1/when", again.Steps[0].Slots[1].When.Pointer)
	require.Equal(t, []int{2, 1}, []int{again.Steps[0].Transitions[0].Target, again.Steps[0].Transitions[1].Target})
	require.True(t, again.Conditional && again.Steps[0].Conditional && !again.Steps[1].Conditional)
}

func TestTransitionsOfFormat01AreConverted(t *testing.T) {
	doc := `{"version":"0.1","name":"P","steps":[
		{"key":"a","title":"A",
		 "slots":[
			{"name":"amount","type":"number","required":true},
			{"name":"ok","type":"boolean","required":true}],
		 "transitions":{
			"conditions":[
				{"condition":"amount > 1000","target":"c"},
				{"condition":"ok == true && amount == -5","target":"end","note":"x"}],
			"next":"b"}},
		{"key":"b","title":"B","slots":[],"transitions":{"next":"a"}},
		{"key":"c","title":"C","slots":[],"transitions":{"next":"end"}}]}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	require.Len(t, read.Warnings.First, 1)
	require.Equal(t, "/steps/0/transitions/conditions/1/note", read.Warnings.First[0].Field)
	canonical := string(read.Canonical())
	require.Contains(t, canonical, joined(`"transitions":[
		{"to":"c","when":"amount > 1000.0"},
		{"to":"end","when":"ok == true && amount == -5.0"}]`))
	require.Contains(t, canonical, `{"key":"b","title":"B","transitions":[{"to":"a"}]}`)
	require.Contains(t, canonical, `{"key":"c","title":"C"}`)
	for text, want := range map[string]string{
		`{"condition":"amount >","target":"c"}`:         "/steps/0/transitions/conditions/0/condition condition",
		`{"condition":"amount > 1","target":"nowhere"}`: "/steps/0/transitions/conditions/0/target unknown_step",
		`{"condition":"","target":"c"}`:                 "/steps/0/transitions/conditions/0/condition required",
		`{"condition":"amount > 1"}`:                    "/steps/0/transitions/conditions/0/target required",
	} {
		t.Run(text, func(t *testing.T) {
			invalid := strings.Replace(doc, `{"condition":"amount > 1000","target":"c"}`, text, 1)
			require.Contains(t, findings(t, invalid), want)
		})
	}
}

func TestTheTotalLengthOfConditionsIsLimited(t *testing.T) {
	var slots []string
	long := "1 == 1 || " + strings.Repeat("x", 1900)
	for i := range 40 {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"string","required":false,"when":"%s"}`, i, long))
	}
	require.Equal(t, []string{"/steps/0/slots/0/when condition_limit"},
		findings(t, inStep(`,"slots":[`+strings.Join(slots, ",")+`]`)))

	for _, filling := range []string{" ", "é"} { // code points are counted, not bytes
		first := 1024
		ofLength := func(i int) string {
			length := 1024
			if i == 0 {
				length = first
			}
			before, after := "a.?t.orValue('", "') != '1'"
			return before + strings.Repeat(filling, length-len(before)-len(after)) + after
		}
		require.Empty(t, findings(t, withConditions(64, ofLength)))
		first++
		require.Equal(t, []string{"/steps/1/when condition_limit"}, findings(t, withConditions(64, ofLength)))
	}
}

// joined returns a text without line breaks and indentation.
func joined(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "")
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func TestAStepIsConditionalIfOneOfItsPartsIs(t *testing.T) {
	for members, want := range map[string]bool{
		`"slots":[{"name":"x","type":"integer"}],"checklist_items":[{"key":"i","label":"I"}]`: false,
		`"when":"has(a.b)"`: false, // the step has it, not a part of it
		`"slots":[{"name":"x","type":"integer","required":false,"when":"has(a.b)"}]`:          true,
		`"slots":[{"name":"x","type":"integer","required":false,"required_when":"has(a.b)"}]`: true,
		`"checklist_items":[{"key":"i","label":"I","when":"has(a.b)"}]`:                       true,
		`"rules":[{"key":"r","assert":"has(a.b)","message":"M"}]`:                             true,
	} {
		d, issues := procedure.Read(t.Context(), parse(t, `{"name":"P","steps":[
			{"key":"a","title":"A","slots":[{"name":"b","type":"integer","required":false}]},
			{"key":"s","title":"S",`+members+`}]}`), cel.Language{})
		require.Empty(t, issues.First, members)
		require.False(t, d.Steps[0].Conditional)
		require.Equal(t, want, d.Steps[1].Conditional, members)
	}
}
