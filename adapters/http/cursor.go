package http

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// makeCursor returns the cursor of the page that follows an entry: the name of the list and the key of the entry,
// encoded for URLs. It holds a key instead of a position, so that it stays valid when entries are added.
func makeCursor(list, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + ":" + key))
}

// parseCursor returns the key in a cursor, which must belong to the given list. Without a cursor the key is empty.
func parseCursor(list string, cursor *string) (key string, err error) {
	if cursor == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	key, ok := strings.CutPrefix(string(raw), list+":")
	valid := err == nil && ok && key != "" && len(key) <= maxLineBytes && strings.IndexByte(key, 0) < 0
	if !valid || makeCursor(list, key) != *cursor { // the decoder would accept line breaks in a cursor
		return "", fault.New(fault.Malformed, "request.cursor", nil)
	}
	return key, nil
}

// parseNumberCursor returns the key in a cursor whose keys are positive numbers. Without a cursor the key is 0.
func parseNumberCursor(list string, cursor *string) (int64, error) {
	key, err := parseCursor(list, cursor)
	if err != nil || key == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != key {
		return 0, fault.New(fault.Malformed, "request.cursor", nil)
	}
	return n, nil
}

// defaultLimit is the maximum number of entries on a page if the request does not set a limit.
const defaultLimit = 50

func limitOf(limit *int) int {
	if limit == nil {
		return defaultLimit
	}
	return *limit
}
