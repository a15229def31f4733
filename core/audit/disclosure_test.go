package audit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
)

// salts returns a function that returns a different salt at each call.
func salts() audit.Salts {
	n := byte(0)
	return func() commitment.Salt {
		n++
		return commitment.Salt{n}
	}
}

// typedEvent returns an event with three typed values: a text, a member with an escaped name, and an element of an
// array.
func typedEvent(t *testing.T) audit.Event {
	t.Helper()
	by := audit.NewCommitter(salts())
	payload := fmt.Sprintf(
		`{"decisions":[{"values":{"a/b~c":%s}},{"sha256":"short"}],"list":[1,%s],"reason":%s}`,
		by.Commit("/decisions/0/values/a~1b~0c", []byte(`"x\"y"`)), by.Commit("/list/1", []byte(`{"n":1.5}`)),
		by.Commit("/reason", []byte(`"Ada called"`)),
	)
	return seal(t, audit.Head{}, audit.Entry{
		Action: "a", Actor: "ada", OccurredAt: at, Payload: []byte(payload), Typed: by,
	})
}

func TestTypedValuesStandBesideTheHash(t *testing.T) {
	e := typedEvent(t)
	require.NotContains(t, e.Canonical, "Ada")
	checked := new(audit.Checker).Check(&e)
	require.Empty(t, checked.Flaws)
	require.Empty(t, checked.Hidden)
	require.JSONEq(t,
		`{"decisions":[{"values":{"a/b~c":"x\"y"}},{"sha256":"short"}],"list":[1,{"n":1.5}],"reason":"Ada called"}`,
		string(checked.Payload))
}

func TestAMissingDisclosureIsHidden(t *testing.T) {
	e := typedEvent(t)
	all, err := audit.ParseDisclosures(e.Disclosures)
	require.NoError(t, err)
	e.Disclosures = all.Without([]string{"/reason", "/list/1"}).Text()
	checked := new(audit.Checker).Check(&e)
	require.Empty(t, checked.Flaws)
	require.Equal(t, []string{"/list/1", "/reason"}, checked.Hidden)
	require.Contains(t, string(checked.Payload), `"reason":{"sha256":"`)
	e.Disclosures = ""
	require.Len(t, new(audit.Checker).Check(&e).Hidden, 3)
}

func TestADisclosureThatDoesNotMatchIsAFlaw(t *testing.T) {
	for name, change := range map[string][2]string{
		"value":               {`"Ada called"`, `"Eve called"`},
		"salt":                {`"salt":"A`, `"salt":"B`},
		"place":               {`"/reason"`, `"/season"`},
		"member":              {`"salt"`, `"seed"`},
		"white space":         {`"/reason":`, `"/reason": `},
		"a second time":       {`"/reason":`, `"/list/1":{"salt":"AQAAAAAAAAAAAAAAAAAAAA","value":1},"/reason":`},
		"nothing":             {`{"/decisions`, `{}{"/decisions`},
		"a salt of 15 bytes":  {`AAAAAAAAAAAAAAAAAAAA"`, `AAAAAAAAAAAAAAAAAA"`},
		"text after the end":  {`}}`, `}}}`},
		"a value without end": {`"Ada called"}}`, `"Ada called`},
	} {
		t.Run(name, func(t *testing.T) {
			e := typedEvent(t)
			changed := strings.Replace(e.Disclosures, change[0], change[1], 1)
			require.NotEqual(t, e.Disclosures, changed)
			e.Disclosures = changed
			require.NotEmpty(t, new(audit.Checker).Check(&e).Flaws)
		})
	}
}

func TestAnEventOfVersion1HasNoDisclosures(t *testing.T) {
	e := typedEvent(t)
	first := e
	first.Canonical = strings.Replace(e.Canonical, `"v":2}`, `"v":1}`, 1)
	checked := new(audit.Checker).Check(&first)
	require.Contains(t, checked.Flaws, audit.Wrong("disclosures_of_version_1"))
	require.EqualValues(t, 1, checked.Version)
	unknown := e
	unknown.Canonical = strings.Replace(e.Canonical, `"v":2}`, `"v":3}`, 1)
	require.NotEmpty(t, new(audit.Checker).Check(&unknown).Flaws)
}

// TestCommitmentsAreFoundInAnyJSON compares the scanner with a general decoder.
func TestCommitmentsAreFoundInAnyJSON(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(
			rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Just[any](nil), rapid.Just[any](true),
			rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
		)
		if depth == 0 {
			return leaf
		}
		return rapid.OneOf(leaf,
			rapid.Map(rapid.SliceOfN(value(depth-1), 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.String(), value(depth-1), 0, 3), func(m map[string]any) any { return m }))
	}
	rapid.Check(t, func(t *rapid.T) {
		by := audit.NewCommitter(salts())
		text, err := json.Marshal(value(3).Draw(t, "value"))
		require.NoError(t, err)
		typed := jsontext.Value(text)
		require.NoError(t, typed.Canonicalize())
		payload := `{"first":` + string(typed) + `,"typed":` + string(by.Commit("/typed", typed)) + `}`
		e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{Payload: []byte(payload), Typed: by})
		require.NoError(t, err)
		checked := new(audit.Checker).Check(&e)
		require.Empty(t, checked.Flaws)
		require.Equal(t, `{"first":`+string(typed)+`,"typed":`+string(typed)+`}`, string(checked.Payload))
	})
}

// FuzzDisclosures checks that ParseDisclosures never panics, and accepts only the form that Text writes, in any order.
func FuzzDisclosures(f *testing.F) {
	f.Add(`{"/reason":{"salt":"AQAAAAAAAAAAAAAAAAAAAA","value":"x"}}`)
	f.Add(`{"/a~1b":{"salt":"AQAAAAAAAAAAAAAAAAAAAA","value":{"sha256":[1,null,-0.5]}}}`)
	f.Add(`{"/reason":{"salt":"AQAAAAAAAAAAAAAAAAAAAA","value":"\q"}}`)
	f.Add("{\"/reason\":{\"salt\":\"AQAAAAAAAAAAAAAAAAAAAA\",\"value\":\"\xff\"}}")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := audit.ParseDisclosures(text)
		if err != nil || text == "" {
			return
		}
		require.True(t, jsontext.Value(text).IsValid(), text)
		again, err := audit.ParseDisclosures(all.Text())
		require.NoError(t, err)
		require.Equal(t, all, again)
	})
}
