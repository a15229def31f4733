package i18n

import (
	"strings"
	"testing"
	texttemplate "text/template"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/feature/plural"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// values are values that parameters can have, and some that they had better not have.
var values = []any{
	nil, "", "text", "{{.name}}", run.Completed, run.State(""), 0, 7, int64(-1), uint8(0), uint64(1), 0.0, 2.5, true, false,
	[]string{}, []string{"a", "b"}, []any(nil), [0]int{}, [1]int{}, map[string]any{}, map[string]any{"a": 1}, struct{ A int }{},
	(*int)(nil),
}

// requireSame compares a template with the result of text/template.
func requireSame(t *testing.T, text string, params fault.Params) {
	t.Helper()
	var want strings.Builder
	require.NoError(t, texttemplate.Must(texttemplate.New("").Parse(text)).Execute(&want, params), text)
	parsed, err := parseTemplate(text)
	require.NoError(t, err, text)
	require.Equal(t, want.String(), parsed.execute(params), "%s %v", text, params)
}

func TestTemplatesAreExecutedAsByTextTemplate(t *testing.T) {
	for _, text := range []string{
		"", "text", "a } b", "{{.a}}", "a {{.a}}, {{ .b }}{{.a}}.", "{{if .a}}yes{{end}}", "{{if .a}}{{else}}no{{end}}",
		"{{if .a}}{{.a}}{{else if .b}}{{.b}}{{else}}none{{end}}!", "{{if .a}}{{if .b}}both{{else}}a{{end}}{{end}}",
		"x {{- .a -}} y", "{{/* a comment */}}z",
	} {
		requireSame(t, text, nil)
		for _, a := range values {
			requireSame(t, text, fault.Params{"a": a})
			for _, b := range values {
				requireSame(t, text, fault.Params{"a": a, "b": b})
			}
		}
	}
	const choices = `{{if eq .a "x"}}1{{else if eq .a "y" }}2{{else if .b}}3{{end}}`
	for _, a := range []any{nil, "", "x", "y", "z", run.State("y")} { // text/template refuses to compare others with text
		requireSame(t, choices, fault.Params{"a": a, "b": "b"})
		requireSame(t, choices, fault.Params{"a": a})
	}
	parsed, err := parseTemplate(choices)
	require.NoError(t, err)
	require.Equal(t, "3", parsed.execute(fault.Params{"a": 7, "b": true}))
}

func TestOtherNotationsAreRefused(t *testing.T) {
	for _, text := range []string{
		"{{", "{{.a", "{{.a}} {{end}}", "{{if .a}}", "{{a}}", "{{.}}", "{{.a.b}}", "{{$.a}}", "{{.a | eq}}", "{{.a .b}}",
		`{{"a"}}`, "{{1}}", "{{len .a}}", "{{not .a}}", "{{if not .a}}x{{end}}", `{{if ne .a "x"}}x{{end}}`,
		`{{if eq "x" .a}}x{{end}}`, `{{if eq .a .b}}x{{end}}`, `{{if eq .a 1}}x{{end}}`, `{{if eq .a "x" "y"}}x{{end}}`,
		"{{if eq .a}}x{{end}}", `{{eq .a "x"}}`, "{{if $x := .a}}x{{end}}", "{{$x := .a}}", "{{if .a | eq}}x{{end}}",
		"{{range .a}}x{{end}}", "{{with .a}}x{{end}}", `{{template "x"}}`, `{{define "x"}}y{{end}}`, `{{block "x" .}}y{{end}}`,
		"{{if .a}}{{len .a}}{{end}}", "{{if .a}}{{else}}{{len .a}}{{end}}",
	} {
		_, err := parseTemplate(text)
		require.Error(t, err, text)
	}
}

func TestTemplatesAreDescribedWithoutValues(t *testing.T) {
	parsed, err := parseTemplate(`{{.a}}: {{if .b}}{{.c}}{{else if eq .d "x"}}D{{end}}{{if .e}}E{{else}}{{.f}}{{end}}.`)
	names := fault.Params{}
	parsed.addNames(names)
	require.Len(t, names, 6)
	require.NoError(t, err)
	require.Equal(t, "{a}: {c} / DE / {f}.", parsed.readable())
	require.Equal(t, "{a}: {c}E.", parsed.form())
}

func TestMessagesAreTextsOrTheFormsOneAndOther(t *testing.T) {
	all := map[string]message{}
	require.NoError(t, addMessages(all, []byte(`{"a": "A", "b": {"one": "{{.count}} B", "other": "{{.count}} Bs"}}`)))
	params := fault.Params{"count": 3}
	for form, want := range map[plural.Form]string{plural.One: "3 B", plural.Other: "3 Bs", plural.Many: "3 Bs"} {
		require.Equal(t, "A", all["a"].in(form).execute(params))
		require.Equal(t, want, all["b"].in(form).execute(params))
	}
	require.Empty(t, all["c"].in(plural.Other).execute(params))
	for _, data := range []string{
		``, `[]`, `{"a": 1}`, `{"a": null}`, `{"a": ""}`, `{"a": ["x"]}`, `{"a": {}}`, `{"a": {"one": "x"}}`, `{"a": {"other": ""}}`,
		`{"a": {"other": "x", "many": "y"}}`, `{"a": {"other": {"b": "x"}}}`, `{"a": "{{"}`, `{"a": {"one": "{{", "other": "x"}}`,
		`{"a": "x", "a": "y"}`,
	} {
		require.Error(t, addMessages(map[string]message{}, []byte(data)), data)
	}
	require.ErrorContains(t, addMessages(all, []byte(`{"a": "A"}`)), "two messages a")
}

func TestPluralFormsFollowCLDR(t *testing.T) {
	for number, want := range map[string]struct{ en, fr plural.Form }{
		"0": {plural.Other, plural.One}, "1": {plural.One, plural.One}, "2": {plural.Other, plural.Other},
		"-1": {plural.One, plural.One}, "11": {plural.Other, plural.Other}, "101": {plural.Other, plural.Other},
		"1.0": {plural.Other, plural.One}, "1.5": {plural.Other, plural.One}, "0.5": {plural.Other, plural.One},
		"2.0": {plural.Other, plural.Other}, "1e+06": {plural.Other, plural.Other}, "10000000": {plural.Other, plural.Other},
		"10000001": {plural.Other, plural.Other}, "1e0": {plural.One, plural.One},
		"123456789012345678901234567890": {plural.Other, plural.Other},
	} {
		for i, wanted := range []plural.Form{want.en, want.fr} {
			form, ok := pluralForm(Languages[i], number)
			require.True(t, ok, number)
			require.Equal(t, wanted, form, "%s %s", Languages[i], number)
		}
	}
	for _, text := range []string{"", "x", "1,000", "NaN", "<nil>", "true"} {
		_, ok := pluralForm(Languages[0], text)
		require.False(t, ok, text)
		require.Equal(t, "count.runs", Accept("en").Text("count.runs", fault.Params{"count": text}))
	}
}
