package access

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// keyOf returns a short text that differs for different parts. It begins with a word that no actor begins with.
func keyOf(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(':')
		b.WriteString(p)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return "agent:" + hex.EncodeToString(sum[:])
}
