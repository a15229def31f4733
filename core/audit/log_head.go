package audit

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is the hash of a node of a Merkle tree (RFC 6962, section 2.1): of a leaf or of an inner node.
type Hash = tlog.Hash

// LogHead is the head of a log: the root of the Merkle tree (RFC 6962) over its leaves. A checkpoint signs it.
type LogHead struct {
	Origin string // unique name of the log; see CheckOrigin
	Size   int64  // number of leaves
	Root   Hash
}

// maxLeaves is the greatest number of leaves that a log or a checkpoint may have. For numbers close to the greatest
// int64, the functions of tlog do not terminate.
const maxLeaves = 1 << 40

// Text returns the head in the form of c2sp.org/tlog-checkpoint, without extension lines. Any witness can sign it.
func (h LogHead) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", h.Origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]))
}

// ParseLogHead parses a text in exactly the form that Text returns.
func ParseLogHead(text string) (h LogHead, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return h, Wrong("malformed_checkpoint").Err()
	}
	h.Origin = lines[0]
	h.Size, _ = strconv.ParseInt(lines[1], 10, 64)
	root, _ := base64.StdEncoding.DecodeString(lines[2])
	copy(h.Root[:], root)
	if h.Text() != text || h.Size < 1 || h.Size > maxLeaves || CheckOrigin(h.Origin) != nil {
		return LogHead{}, Wrong("malformed_checkpoint").Err()
	}
	return h, nil
}

// maxOrigin is the greatest length of an origin in bytes.
const maxOrigin = 255

// CheckOrigin returns an error if a text cannot be the origin of a log. An origin has 1 to 255 bytes of UTF-8, without
// white space, control characters and plus signs (c2sp.org/tlog-checkpoint).
func CheckOrigin(origin string) error {
	bad := func(r rune) bool {
		return r == '+' || r == unicode.ReplacementChar || unicode.IsSpace(r) || unicode.IsControl(r)
	}
	if origin == "" || len(origin) > maxOrigin || strings.ContainsFunc(origin, bad) {
		return fmt.Errorf("%q cannot be the origin of a log: it must have 1 to %d bytes, without white space, "+
			"control characters and +", origin, maxOrigin)
	}
	return nil
}
