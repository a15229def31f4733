package http

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

const runID = "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f"

// A text that no entry of a list has as its key would be the end of the list, or its beginning.
func TestACursorHasTheFormOfTheKeysOfItsList(t *testing.T) {
	parsers := map[string]func(*string) error{
		runCursor: func(c *string) error { _, err := parseCursor(runCursor, c, isRunID); return err },
		procedureCursor: func(c *string) error {
			_, err := parseCursor(procedureCursor, c, procedure.IsKey)
			return err
		},
		eventCursor: func(c *string) error { _, err := parseNumberCursor(eventCursor, c); return err },
		auditCursor: func(c *string) error { _, err := parseEventCursor(c); return err },
	}
	genuine := map[string]string{
		runCursor: runID, procedureCursor: "two-steps", eventCursor: "7", auditCursor: "1767225600000000 run " + runID + " 3",
	}
	for list, parse := range parsers {
		cursor := makeCursor(list, genuine[list])
		require.NoError(t, parse(&cursor), list)
		damaged := []string{cursor + "A", cursor + "=", cursor + "\n", cursor[:len(cursor)-1] + "~"}
		for _, key := range []string{
			"~", "", " ", "é", genuine[list] + "~", "1767225600000000 run abc 3", "1767225600000000 x y 1",
			"1767225600000000 run " + runID + " 0",
		} {
			damaged = append(damaged, makeCursor(list, key))
		}
		if list == runCursor {
			for _, key := range []string{"abc", runID + "0", strings.ToUpper(runID)} {
				damaged = append(damaged, makeCursor(list, key))
			}
		}
		for _, c := range damaged {
			require.Equal(t, "request.cursor", fault.From(parse(&c)).Code, "%s %q", list, c)
		}
	}
}

// FuzzCursor checks that each parser of cursors returns a valid key or an error with the code request.cursor.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{
		makeCursor("runs", runID), makeCursor("events", "7"), makeCursor("audit", "1767225600000000 run "+runID+" 3"),
		makeCursor("audit", "-9 x y 0"), "", "!!", "cnVuczo", "AAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		key, err := parseCursor("runs", &cursor, isRunID)
		if err == nil && makeCursor("runs", key) != cursor || err != nil && fault.From(err).Code != "request.cursor" {
			t.Fatalf("%q became %q, %v", cursor, key, err)
		}
		n, err := parseNumberCursor("events", &cursor)
		if err == nil && n < 1 || err != nil && fault.From(err).Code != "request.cursor" {
			t.Fatalf("%q became %d, %v", cursor, n, err)
		}
		place, err := parseEventCursor(&cursor)
		if err == nil && place.Seq < 1 || err != nil && fault.From(err).Code != "request.cursor" {
			t.Fatalf("%q became %+v, %v", cursor, place, err)
		}
	})
}
