package procedure_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

// warnings reads a document, which must have no findings, and returns the fields of its warnings.
func warnings(t *testing.T, doc string) []string {
	t.Helper()
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues, doc)
	all := []string{}
	for _, is := range read.Warnings.First {
		require.Equal(t, "definition.dropped", is.Code)
		all = append(all, is.Field)
	}
	return all
}

const inFormat2 = `{"id":"p","name":"P","steps":[
	{"key":"a","title":"A","prompt":"Do a","slots":[
		{"name":"x","type":"string","required":false,"validate":"[a-z]+"},
		{"name":"e","type":"enum","options":["u","v"]}]},
	{"key":"b","title":"B"}]}`

func TestFormat01IsConvertedAndUnknownMembersAreDropped(t *testing.T) {
	const doc = `{"id":"p","name":"P","version":"0.1","author":"x","steps":[
		{"key":"a","title":"A","prompt":"Do a","position":9,"slots":[
			{"name":"x","type":"string","required":false,"validate":"[a-z]+","label":"L"},
			{"name":"e","type":"enum","required":true,"options":["u","v"]}],"transitions":{"next":"b","hint":1}},
		{"key":"b","title":"B","slots":[],"transitions":{"next":"end","conditions":[]}}]}`
	require.Equal(t, canonical(t, inFormat2), canonical(t, doc))
	require.Equal(t,
		[]string{"/author", "/steps/0/position", "/steps/0/slots/0/label", "/steps/0/transitions/hint"},
		warnings(t, doc))
}

func TestFormat1IsConvertedAndTheIDsOfStepsAreDropped(t *testing.T) {
	const doc = `{"id":"p","name":"P","metadata":{},"steps":[
		{"id":"2","key":"b","title":"B","position":2,
		 "checklists":[{"key":"i","label":"I","required":true,"default_state":false}]},
		{"id":"1","key":"a","title":"A","position":1,"slots":[{"name":"x","type":"text","label":"L"}]}]}`
	require.Equal(t, canonical(t, `{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","slots":[{"name":"x","type":"text","label":"L"}]},
		{"key":"b","title":"B","checklist_items":[{"key":"i","label":"I","required":true}]}]}`), canonical(t, doc))
	require.Equal(t, []string{"/steps/0/id", "/steps/1/id"}, warnings(t, doc))
}

func TestTheFormatIsStatedOrIndicatedByMembers(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"checklists indicate format 1": {
			`{"name":"P","steps":[{"key":"a","title":"A","checklists":[]}]}`, []string{},
		},
		"the id of a step indicates format 1": {
			`{"name":"P","steps":[{"id":"1","key":"a","title":"A","translations":{}}]}`,
			[]string{"/steps/0/translations unknown_member"},
		},
		"transitions that are an object indicate format 0.1": {
			`{"name":"P","steps":[{"key":"a","title":"A","transitions":{}}],"x":1}`, []string{},
		},
		"a version that is a string indicates format 0.1": {
			`{"name":"P","version":"7","steps":[{"key":"a","title":"A"}],"x":1}`, []string{},
		},
		"format 2 is stated": {
			`{"format":"2","name":"P","steps":[{"key":"a","title":"A","checklists":[]}]}`,
			[]string{"/steps/0/checklists unknown_member"},
		},
		"format 1 is stated": {
			`{"format":"1","name":"P","steps":[{"key":"a","title":"A","checklist_items":[]}]}`,
			[]string{"/steps/0/checklist_items unknown_member"},
		},
		"format 0.1 is stated": {
			`{"format":"0.1","name":"P","steps":[{"key":"a","title":"A","anything":1}]}`, []string{},
		},
		"an unknown format is stated": {
			`{"format":"3","name":"P","steps":[{"key":"a","title":"A"}]}`, []string{"/format format"},
		},
		"names and types are checked in format 0.1": {
			`{"name":"P","version":"0.1","steps":[{"key":"end","title":"A","slots":[{"name":"in","type":"float"}]}]}`,
			[]string{
				"/steps/0/key reserved", "/steps/0/slots/0/name reserved", "/steps/0/slots/0/type unknown_type",
			},
		},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, findings(t, c.doc)) })
	}
}
