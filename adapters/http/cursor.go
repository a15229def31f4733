package http

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/procedo/procedo/core/fault"
)

// makeCursor returns the cursor of the page that follows an entry: the name of the list and the key of the entry,
// encoded for URLs. It holds a key instead of a position, so that it stays valid when entries are added.
func makeCursor(list, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + ":" + key))
}

// parseCursor returns the key in a cursor, which must belong to the given list and have the form of its keys: with any
// other text, the page could be taken for the end of the list. Without a cursor the key is empty.
func parseCursor(list string, cursor *string, isKey func(string) bool) (key string, err error) {
	if cursor == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	key, ok := strings.CutPrefix(string(raw), list+":")
	hasBreaks := makeCursor(list, key) != *cursor // the decoder accepts line breaks in a cursor
	if err != nil || !ok || !isKey(key) || hasBreaks {
		return "", fault.New(fault.Malformed, "request.cursor", nil)
	}
	return key, nil
}

// parseNumberCursor returns the key in a cursor whose keys are positive numbers. Without a cursor the key is 0.
func parseNumberCursor(list string, cursor *string) (int64, error) {
	key, err := parseCursor(list, cursor, isPositive)
	if err != nil || key == "" {
		return 0, err
	}
	return strconv.ParseInt(key, 10, 64)
}

// isPositive reports whether a text is a positive number in its shortest form.
func isPositive(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}

// isRunID reports whether a text is the id of a run: a UUID of version 7 in its canonical form.
func isRunID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.Version() == 7 && id.String() == text
}

// defaultLimit is the maximum number of entries on a page if the request does not set a limit.
const defaultLimit = 50

func limitOf(limit *int) int {
	if limit == nil {
		return defaultLimit
	}
	return *limit
}
