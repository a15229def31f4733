package http

import (
	"testing"

	"github.com/procedo/procedo/core/fault"
)

// FuzzCursor checks that each parser of cursors returns a valid key or an error with the code request.cursor.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{
		makeCursor("runs", "0198c0de"), makeCursor("events", "7"), makeCursor("audit", "1767225600000000 run 0198c0de 3"),
		makeCursor("audit", "-9 x y 0"), "", "!!", "cnVuczo", "AAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		key, err := parseCursor("runs", &cursor)
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
