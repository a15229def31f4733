package audit_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gojson "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/audit"
)

// disclosed returns the JSON form of one disclosure, without braces around it.
func disclosed(place, value string) string {
	return `"` + place + `":{"salt":"AAAAAAAAAAAAAAAAAAAAAA","value":` + value + `}`
}

func TestDisclosuresAreParsedStrictly(t *testing.T) {
	a, b, c := disclosed("/a", "1"), disclosed("/b", `"é~ !"`), disclosed("/c", `["\u0001"]`)
	for _, good := range []string{
		"", "{" + a + "}", "{" + a + "," + b + "," + c + "}", "{" + c + "," + a + "," + b + "}",
	} {
		all, err := audit.ParseDisclosures(good)
		require.NoError(t, err, good)
		require.Len(t, all, strings.Count(good, "salt"))
	}
	for name, bad := range map[string]string{
		"the same place again":              "{" + a + "," + a + "}",
		"a place again, after another":      "{" + a + "," + b + "," + a + "}",
		"a place again, before others":      "{" + c + "," + b + "," + c + "}",
		"an escape that JSON does not have": "{" + disclosed("/a", `"\x"`) + "}",
		"a control character in a string":   "{" + disclosed("/a", "\"\x1f\"") + "}",
		"half a surrogate pair":             "{" + disclosed("/a", `"\ud800"`) + "}",
		"a text that is not UTF-8":          "{" + disclosed("/a", "\"\xff\"") + "}",
		"no value":                          "{" + disclosed("/a", "") + "}",
		"a comma and nothing more":          "{" + a + ",}",
		"something behind it":               "{" + a + "} ",
		"no end":                            "{" + a,
		"a salt that is too short":          `{"/a":{"salt":"AAAAAAAAAAAAAAAAAAAA","value":1}}`,
		"a salt whose last bits are not 0":  `{"/a":{"salt":"AAAAAAAAAAAAAAAAAAAAAB","value":1}}`,
		"an object without places":          "{}",
	} {
		_, err := audit.ParseDisclosures(bad)
		require.ErrorIs(t, err, audit.ErrDisclosures, name)
	}
}

func TestDisclosuresOfAnExportMayHaveOtherSpaces(t *testing.T) {
	exported := typedEvent(t)
	doc, err := gojson.Marshal(exported)
	require.NoError(t, err)
	var e audit.Event
	require.NoError(t, gojson.Unmarshal(doc, &e))
	want := e.Disclosures
	e.Disclosures = strings.ReplaceAll(want, `,"value":`, ` , "value" :`)
	require.Empty(t, new(audit.Checker).Check(&e).Flaws)
	require.Equal(t, want, e.Disclosures, "they are as they would be stored")
	stored := exported
	stored.Disclosures = strings.ReplaceAll(want, `,"value":`, ` , "value" :`)
	require.NotEmpty(t, new(audit.Checker).Check(&stored).Flaws, "the service stores one form only")
}

func TestTextsOfAnEventSurviveJSON(t *testing.T) {
	sealed := typedEvent(t)
	rapid.Check(t, func(r *rapid.T) {
		e := sealed
		e.Canonical = strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			`"`, `\`, `\\`, `\"`, "\n", "\x00", "é", "𝄞", "\u2028", "/", "u0041", "a",
		})).Draw(r, "canonical"), "")
		doc, err := gojson.Marshal(e)
		require.NoError(r, err)
		var back audit.Event
		require.NoError(r, gojson.Unmarshal(doc, &back))
		require.Equal(r, e.Canonical, back.Canonical)
		require.Equal(r, e.Disclosures, back.Disclosures)
	})
}

func TestTheLimitsOfALogBelongToIt(t *testing.T) {
	root := tlog.RecordHash([]byte("x"))
	for _, h := range []audit.LogHead{
		{Origin: "a", Size: 1, Root: root}, {Origin: "a", Size: 1 << 40, Root: root},
		{Origin: strings.Repeat("a", 255), Size: 7, Root: root},
	} {
		back, err := audit.ParseLogHead(h.Text())
		require.NoError(t, err)
		require.Equal(t, h, back)
	}
	_, err := audit.ParseLogHead(audit.LogHead{Origin: "a", Size: 1<<40 + 1, Root: root}.Text())
	require.Error(t, err)
}

func TestErrorsOfKeysSayWhichKey(t *testing.T) {
	first, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("a", 32)), "alice")
	require.NoError(t, err)
	second, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("b", 32)), "bob")
	require.NoError(t, err)
	_, err = audit.ParseKeys(first + "\n# the next\n" + second + "\n" + first)
	require.ErrorContains(t, err, "key 3: it is a duplicate")
	_, err = audit.ParseKeys(first + "\nno key\n")
	require.ErrorContains(t, err, "key 2: ")
}

func TestALineOfALeafHasAllItsMembers(t *testing.T) {
	leaf := map[string]any{
		"checkpoint": 1, "entity_type": "run", "entity_id": "r", "seq": 1, "hash": "h", "index": 0,
	}
	line := func(members map[string]any) []byte {
		text := `{"checkpoint":1`
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if name != "checkpoint" {
				text += fmt.Sprintf(",%q:%s", name, must(gojson.Marshal(members[name])))
			}
		}
		return []byte(text + "}")
	}
	l, err := audit.ReadLine(line(leaf))
	require.NoError(t, err)
	require.Equal(t, audit.Head{Seq: 1, Hash: "h"}, l.Leaf.Head)
	for _, name := range []string{"entity_type", "entity_id", "hash"} {
		for _, empty := range []bool{true, false} {
			lacking := maps.Clone(leaf)
			delete(lacking, name)
			if empty {
				lacking[name] = ""
			}
			_, err := audit.ReadLine(line(lacking))
			require.ErrorIs(t, err, audit.ErrLine, name)
		}
	}
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}
