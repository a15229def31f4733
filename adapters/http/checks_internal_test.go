package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// operationUnderTest is an operation of the contract with both implementations of its checks.
type operationUnderTest struct {
	method, path string
	operation    *openapi3.Operation
	compiled     *checks
	kin          *kinChecks
	bodyType     reflect.Type // that of the generated handler; nil if there is no body
}

// operations returns all operations of the contract. The compiled checks come from the contract itself, and those of
// kin-openapi from its rendition in OpenAPI 3.0.
func operations(t require.TestingT) []operationUnderTest {
	doc, err := openapi3.NewLoader().LoadFromData(api.Contract30JSON())
	require.NoError(t, err)
	doc.Components.Parameters["RequiredIfMatch"].Value.Required = false // 428 if it is missing
	for _, schema := range doc.Components.Schemas {                     // the core reports a missing reason
		required := schema.Value.Required
		schema.Value.Required = slices.DeleteFunc(required, func(name string) bool { return name == "reason" })
	}
	contract, err := jsonschema.Parse(api.ContractJSON)
	require.NoError(t, err)
	var all []operationUnderTest
	compiler := jsonschema.Compiler{Contract: contract}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for method, op := range item.Operations() {
			node := contract.Get("paths", path)
			c, err := newChecks(method+" "+path, node, node.Get(strings.ToLower(method)), &compiler)
			require.NoError(t, err)
			all = append(all, operationUnderTest{
				method: method, path: path, operation: op, compiled: c, bodyType: bodyTypes()[strings.ToLower(op.OperationID)],
				kin: newKinChecks(routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}),
			})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].compiled.name < all[j].compiled.name })
	return all
}

// bodyTypes returns the types of the bodies that the generated handlers decode, by operation in lower case.
func bodyTypes() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	methods := reflect.TypeFor[api.StrictServerInterface]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if body, ok := m.Type.In(1).FieldByName("Body"); ok {
			types[strings.ToLower(m.Name)] = body.Type.Elem()
		}
	}
	return types
}

// texts are values of parameters and strings, valid and invalid ones.
var texts = []string{
	"", " ", "a", "active", "archived", "in_progress", "run", "manual", "agent", "Manual", "0", "1", "-1", "+5", "007", "200",
	"201", "1.0", "1e3", "9223372036854775807", "9223372036854775808", "2147483647", "2147483648", "true", "null",
	"2026-11-01T00:00:00Z", "2026-11-01T00:00:60.5+01:00", "2026-11-01", "step.slot", "step.", "a.b.c_1", ".x", "x.\n1",
	"2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-11-01T00:00:00+24:00", "2026-11-01T00:00:00-23:60",
	"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f", "é", "a,b", "a~/\"b", "\u200b", strings.Repeat("é", 128), strings.Repeat("x", 129),
	strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("é", 4000), strings.Repeat("é", 4001),
	strings.Repeat("x", 1025), strings.Repeat("x", 200), strings.Repeat("x", 201), strings.Repeat("x", 513),
}

// literals are JSON values that suit few schemas.
var literals = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `1.0`, `1.5`, `1e0`, `1e2`, `-1`, `0.1e1`, `1e400`, `-1e400`, `1e-400`,
	`2147483647`, `2147483648`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `9223372036854775809`,
	`-9223372036854775809`, `12345678901234567890`, `1.10`, `""`, `"a"`, `[]`, `[1]`, `{}`, `{"a":1}`, `[null]`, `[{}]`,
	`[{},{"key":1},{"key":"a","completed":true,"Key":"b"}]`, `{"b":2,"a":{"d":[],"c":null}}`, `"manual"`, `["a","b"]`,
}

// valueFor draws the text of a JSON value for a schema. Some values violate it.
func valueFor(t *rapid.T, ref *openapi3.SchemaRef, depth int) string {
	s := ref.Value
	kind := rapid.IntRange(0, 11).Draw(t, "kind")
	switch {
	case kind == 0 || depth > 5:
		return rapid.SampledFrom(literals).Draw(t, "literal")
	case kind == 1 && s.Type.Is("string") || len(s.Enum) == 0 && s.Type.Is("string"):
		return quoteJSON(rapid.SampledFrom(texts).Draw(t, "text"))
	case len(s.Enum) > 0:
		return quoteJSON(fmt.Sprint(rapid.SampledFrom(s.Enum).Draw(t, "choice")))
	case s.Type.Is("object"):
		return objectFor(t, s, depth)
	case s.Type.Is("array"):
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 101, 260}).Draw(t, "items")
		if n > 3 { // many equal items
			item := valueFor(t, s.Items, depth+1)
			return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
		}
		items := make([]string, n)
		for i := range items {
			items[i] = valueFor(t, s.Items, depth+1)
		}
		return "[" + strings.Join(items, " , ") + "]"
	case s.Type.Is("boolean"):
		return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "boolean")
	case s.Type.Is("integer"):
		return fmt.Sprint(rapid.Int64Range(1, 100).Draw(t, "integer"))
	}
	return rapid.SampledFrom(literals).Draw(t, "literal")
}

// objectFor draws an object with some of the declared members, in any order, and some others.
func objectFor(t *rapid.T, s *openapi3.Schema, depth int) string {
	var members []string
	for _, name := range sortedKeys(s.Properties) {
		if rapid.IntRange(0, 4).Draw(t, "given") > 0 {
			members = append(members, quoteJSON(name)+": "+valueFor(t, s.Properties[name], depth+1))
		}
	}
	others := []string{"Slots", "KEY", "x", "a\"b", "a\\b", "é\u0301", "\u200b", "~/", strings.Repeat("n", 300), "", "\u0001"}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(others), 0, 2, rapid.ID).Draw(t, "others") {
		if s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has && rapid.IntRange(0, 5).Draw(t, "unknown") > 0 {
			continue
		}
		value := rapid.SampledFrom(literals).Draw(t, "other")
		if of := s.AdditionalProperties.Schema; of != nil {
			value = valueFor(t, of, depth+1)
		}
		members = append(members, quoteJSON(name)+":"+value)
	}
	return "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",\n") + "}"
}

func quoteJSON(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func sortedKeys(m openapi3.Schemas) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// requestFor draws a request with parameters of the operation, not all valid.
func requestFor(t *rapid.T, o operationUnderTest) *http.Request {
	query, header := url.Values{}, http.Header{"Content-Type": {"application/json"}}
	path := map[string]string{}
	for _, p := range o.kin.params {
		value := rapid.SampledFrom(texts)
		if rapid.Bool().Draw(t, "likely") && len(p.Value.Schema.Value.Enum) == 0 {
			value = rapid.SampledFrom([]string{"a", "1", "2026-11-01T00:00:00Z"})
		}
		n := rapid.SampledFrom([]int{0, 0, 1, 1, 1, 2, 3}).Draw(t, "times")
		switch p.Value.In {
		case "path":
			path[p.Value.Name] = value.Draw(t, "path")
		case "query":
			query[p.Value.Name] = rapid.SliceOfN(value, n, n).Draw(t, "query")
		case "header":
			if n > 0 {
				header[http.CanonicalHeaderKey(p.Value.Name)] = rapid.SliceOfN(value, n, n).Draw(t, "header")
			}
		}
	}
	raw := query.Encode()
	if rapid.IntRange(0, 9).Draw(t, "more") == 0 {
		raw += rapid.SampledFrom([]string{"&nope=1", "&nope", "&a=%zz", "&%ff=1", "&user_id=%00", ";", "&limit=%", "&=", "&" +
			strings.Repeat("n", 300) + "=1"}).Draw(t, "raw query")
	}
	r := httptest.NewRequest(o.method, "/", http.NoBody)
	r.URL.RawQuery, r.Header = raw, header
	for name, value := range path {
		r.SetPathValue(name, value)
	}
	return r
}

// TestTheCompiledChecksAreThoseOfTheContract compares the issues of the compiled checks with those of kin-openapi, for
// requests to every operation. It also compares the decoded bodies with those of encoding/json.
func TestTheCompiledChecksAreThoseOfTheContract(t *testing.T) {
	for _, o := range operations(t) {
		t.Run(o.compiled.name, func(t *testing.T) {
			accepted, refused := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				r, body := requestFor(t, o), ""
				if o.compiled.hasBody && o.compiled.body == nil {
					body = rapid.SampledFrom(literals).Draw(t, "document")
				} else if o.compiled.hasBody {
					body = valueFor(t, o.operation.RequestBody.Value.Content["application/json"].Schema, 0)
				}
				if o.requireAgreement(t, r, []byte(body)) {
					accepted++
				} else {
					refused++
				}
			})
			t.Logf("%d accepted, %d refused", accepted, refused)
		})
	}
}

// requireAgreement fails the test unless both implementations return the same for a request with a strict body. It
// reports whether the request is accepted.
func (o operationUnderTest) requireAgreement(t require.TestingT, r *http.Request, body []byte) bool {
	var got fault.IssueList
	o.compiled.checkParameters(r, &got)
	var document *jsondoc.Node
	if len(body) > 0 {
		var err error
		document, err = jsondoc.Parse(body)
		require.NoError(t, err, "%s", body)
		if o.compiled.body != nil {
			o.compiled.body.Check(document, &got)
		}
	}
	want := o.kin.issues(r, body)
	require.Equal(t, want, got, "%s %s\n%s", o.compiled.name, r.URL.RawQuery, body)
	for _, language := range []string{"en", "fr-CH"} {
		c := call{locale: i18n.Accept(language)}
		require.Equal(t, c.problem("/", refusedRequest(want)), c.problem("/", refusedRequest(got)))
	}
	if got.Count == 0 && document != nil && o.bodyType != nil {
		o.requireSameDecoding(t, body, document)
	}
	return got.Count == 0
}

// requireSameDecoding fails the test unless a body is decoded as by encoding/json, or refused for the same member.
func (o operationUnderTest) requireSameDecoding(t require.TestingT, body []byte, document *jsondoc.Node) {
	want, got := reflect.New(o.bodyType), reflect.New(o.bodyType)
	wantErr := json.NewDecoder(bytes.NewReader(body)).Decode(want.Interface())
	gotErr := parsedBody{document}.Decode(got.Interface())
	if wantErr == nil {
		require.NoError(t, gotErr, "%s", body)
		require.Equal(t, want.Interface(), got.Interface(), "%s", body)
		return
	}
	var wantType, gotType *json.UnmarshalTypeError
	require.True(t, errors.As(wantErr, &wantType) && errors.As(gotErr, &gotType), "%v, %v for %s", wantErr, gotErr, body)
	require.Equal(t, wantType.Value, gotType.Value, "%s", body)
	require.Equal(t, wantType.Field, gotType.Field, "%s", body)
}

// FuzzCommitBody compares both implementations for bodies of a commit that the fuzzer makes.
func FuzzCommitBody(f *testing.F) {
	for _, seed := range []string{
		`{"slots":{"code":"ABC","n":1.10},"checklist":[{"key":"seen","completed":true}],"origins":{"code":"agent"},"visit":1}`,
		`{"slots":{"count":1e400,"x":null}}`, `{"Slots":{}}`, `{"visit":1.0}`, `{"visit":-1,"checklist":[{}]}`, `[]`,
		`{"origins":{"a":"x","b":null}}`, "{\"a\\\"b\":1,\"\\u200b\":2}",
	} {
		f.Add([]byte(seed))
	}
	var commit operationUnderTest
	for _, o := range operations(f) {
		if strings.HasSuffix(o.compiled.name, "/commit") {
			commit = o
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) == 0 || jsondoc.Check(body) != nil {
			return // how texts are refused that are not strict JSON is tested in jsondoc
		}
		r := httptest.NewRequest(commit.method, "/", http.NoBody)
		r.Header.Set("Content-Type", "application/json")
		commit.requireAgreement(t, r, body)
	})
}
