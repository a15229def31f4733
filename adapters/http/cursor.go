package http

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// A cursor is the key of the last entry seen, under the name of its list: opaque, URL-safe, and as stable as the
// key under inserts.

func makeCursor(list, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + ":" + key))
}

func readCursor(list string, cursor *string) (key string, err error) {
	if cursor == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	key, ok := strings.CutPrefix(string(raw), list+":")
	// Decoding overlooks line breaks: what it gives must be what the cursor was made of.
	if err != nil || !ok || key == "" || len(key) > maxLine || strings.IndexByte(key, 0) >= 0 || makeCursor(list, key) != *cursor {
		return "", fault.New(fault.Malformed, "request.cursor", nil)
	}
	return key, nil
}

// readNumberCursor reads a cursor whose key is a positive number; 0 where there is none.
func readNumberCursor(list string, cursor *string) (int64, error) {
	key, err := readCursor(list, cursor)
	if err != nil || key == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != key {
		return 0, fault.New(fault.Malformed, "request.cursor", nil)
	}
	return n, nil
}

// page cuts a list that was asked for with one entry too many, and tells the cursor of what follows.
func page[T any](list string, all []T, limit int, key func(T) string) (items []T, next string) {
	if len(all) <= limit {
		return all, ""
	}
	return all[:limit], makeCursor(list, key(all[limit-1]))
}

// defaultLimit is how many entries a page has when the request does not say.
const defaultLimit = 50

func limitOf(limit *int) int {
	if limit == nil {
		return defaultLimit
	}
	return *limit
}
