package http

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api"
)

// operationNamed returns the operation of the contract with a name such as "POST /runs".
func operationNamed(t require.TestingT, name string) operationUnderTest {
	for _, o := range operations(t) {
		if o.compiled.name == name {
			return o
		}
	}
	require.Fail(t, "no operation", name)
	return operationUnderTest{}
}

// commitBody commits four slots and two items.
const commitBody = `{"slots":{"s0":0,"s1":1,"s2":2,"s3":3},` +
	`"checklist":[{"key":"i","completed":true},{"key":"j","completed":true}],"visit":1}`

// newCommit returns a request to commit a step.
func newCommit(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/runs/r/steps/s/commit", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.SetPathValue("run_id", "r")
	r.SetPathValue("step_key", "s")
	c := &call{locale: i18n.Accept(""), accept: parseAccept(nil)}
	return r.WithContext(context.WithValue(r.Context(), callKey{}, c))
}

// accept checks a request and decodes its body.
func (o operationUnderTest) accept(r *http.Request) error {
	if err := o.compiled.check(nil, r); err != nil {
		return err
	}
	body, ok := r.Body.(api.ParsedBody)
	if !ok {
		return nil
	}
	return body.Decode(reflect.New(o.bodyType).Interface())
}

// acceptWithKin does what the service did before the checks were compiled: it parses the body for each purpose.
func (o operationUnderTest) acceptWithKin(r *http.Request) error {
	body, _, err := readBody(nil, r, false)
	if err != nil {
		return err
	}
	if issues := o.kin.issues(r, body); issues.Count > 0 {
		return refusedRequest(issues)
	}
	return json.NewDecoder(r.Body).Decode(reflect.New(o.bodyType).Interface())
}

// TestACommitBodyTakesFewAllocations bounds the allocations for reading, parsing, checking and decoding a commit body.
// With kin-openapi and encoding/json, there are more than 130.
func TestACommitBodyTakesFewAllocations(t *testing.T) {
	o := operationNamed(t, commitOperation)
	request := testing.AllocsPerRun(100, func() { newCommit(commitBody) })
	all := testing.AllocsPerRun(100, func() { require.NoError(t, o.accept(newCommit(commitBody))) })
	t.Logf("%v allocations", all-request)
	require.LessOrEqual(t, all-request, 22.0)
}

// largeBodies are bodies of about 1 MiB or 100,000 values.
var largeBodies = map[string]string{
	"empty items":        `{"checklist":[` + strings.Repeat("{},", 99_990) + `{}]}`,
	"one large string":   `{"slots":{"a":"` + strings.Repeat("x", MaxBody-100) + `"}}`,
	"escapes":            `{"slots":{"a":"` + strings.Repeat(`\u00e9`, MaxBody/7) + `"}}`,
	"many slots":         `{"slots":{` + members(49_000, `1`) + `}}`,
	"unknown members":    `{` + members(49_000, `1`) + `}`,
	"unknown origins":    `{"origins":{` + members(49_000, `"x"`) + `}}`,
	"nulls":              `{"checklist":[` + strings.Repeat("null,", 99_990) + `null]}`,
	"one large number":   `{"slots":{"a":` + strings.Repeat("9", MaxBody-100) + `}}`,
	"small objects":      `{"slots":{"a":[` + strings.Repeat(`{"a":1,"b":2},`, 33_000) + `{}]}}`,
	"duplicate at end":   `{"slots":{` + members(49_000, `1`) + `,"k1":1}}`,
	"deep at end":        `{"slots":{"a":[` + strings.Repeat("{},", 90_000) + strings.Repeat("[", 100) + `]}}`,
	"more than a visit":  `{"visit":` + strings.Repeat("9", MaxBody-100) + `}`,
	"white space":        `{"visit":1` + strings.Repeat(" ", MaxBody-100) + `}`,
	"values without end": `[` + strings.Repeat(`[{"a":`, 30) + strings.Repeat("[1],", 24_000),
}

// members returns n members with different names and the same value.
func members(n int, value string) string {
	var all strings.Builder
	for i := range n {
		if i > 0 {
			all.WriteByte(',')
		}
		fmt.Fprintf(&all, `"k%d":%s`, i, value)
	}
	return all.String()
}

// TestNoBodyTakesMuchMemory bounds what is allocated for a body of any form, which also bounds the work.
func TestNoBodyTakesMuchMemory(t *testing.T) {
	o := operationNamed(t, commitOperation)
	for name, body := range largeBodies {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, len(body), MaxBody)
			r := newCommit(body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := o.accept(r)
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%d MiB, %d allocations, %.80v", allocated, after.Mallocs-before.Mallocs, err)
			require.LessOrEqual(t, allocated, uint64(48))
		})
	}
}

func BenchmarkBody(b *testing.B) {
	o := operationNamed(b, commitOperation)
	bodies := map[string]string{"commit": commitBody}
	for name, body := range largeBodies {
		bodies[name] = body
	}
	for name, body := range bodies {
		for way, accept := range map[string]func(*http.Request) error{"compiled": o.accept, "kin": o.acceptWithKin} {
			b.Run(name+"/"+way, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_ = accept(newCommit(body))
				}
			})
		}
	}
}

func BenchmarkParameters(b *testing.B) {
	o := operationNamed(b, commitOperation)
	r := newCommit("")
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, o.compiled.check(nil, r))
	}
}
