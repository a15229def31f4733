package http

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// makeCursor returns the cursor of the page after an entry. It is an opaque, URL-safe text of the list's name and the
// key of the entry, so that it stays valid when entries are added.
func makeCursor(list, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + ":" + key))
}

// parseCursor returns the key of a cursor of the list. It is empty if there is no cursor.
func parseCursor(list string, cursor *string) (key string, err error) {
	if cursor == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	key, ok := strings.CutPrefix(string(raw), list+":")
	valid := err == nil && ok && key != "" && len(key) <= maxLineBytes && strings.IndexByte(key, 0) < 0
	if !valid || makeCursor(list, key) != *cursor { // decoding ignores line breaks, which no cursor has
		return "", fault.New(fault.Malformed, "request.cursor", nil)
	}
	return key, nil
}

// parseNumberCursor returns the key of a cursor whose key is a positive number. It is 0 if there is no cursor.
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

// page returns at most limit entries, and the cursor of the next page if all has more than that.
func page[T any](list string, all []T, limit int, key func(T) string) (items []T, next string) {
	if len(all) <= limit {
		return all, ""
	}
	return all[:limit], makeCursor(list, key(all[limit-1]))
}

// defaultLimit is the number of entries of a page if the request does not set a limit.
const defaultLimit = 50

func limitOf(limit *int) int {
	if limit == nil {
		return defaultLimit
	}
	return *limit
}
