package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/commitment"
)

// Salts returns a new random salt at each call.
type Salts func() commitment.Salt

// Committer replaces values that somebody typed by commitments, and collects their disclosures.
type Committer struct {
	salt      Salts
	committed []committed
	text      []byte // salts, values and places, one after the other

	// Buffers that are enough for most events.
	committedBuffer [8]committed
	textBuffer      [512]byte
}

// committed says where a disclosure lies in the text of its committer. The value follows the salt, so that both can be
// hashed as they are.
type committed struct{ salt, value, place, end int }

// NewCommitter returns a committer that draws its salts from the function.
func NewCommitter(salt Salts) *Committer { return &Committer{salt: salt} }

// The text around the digest of a commitment, and the length of the whole.
const (
	commitmentStart = `{"sha256":"`
	commitmentEnd   = `"}`
	digestLength    = 43 // 32 bytes in base64url without padding
	saltLength      = 22 // 16 bytes in base64url without padding
	commitmentSize  = len(commitmentStart) + digestLength + len(commitmentEnd)
)

// Commit returns the commitment to a value in RFC 8785 form: {"sha256":…}, with the digest in base64url without
// padding. The place is the JSON Pointer at which the commitment will stand in the payload.
func (c *Committer) Commit(place string, value jsontext.Value) jsontext.Value {
	return c.AppendCommitment(make([]byte, 0, commitmentSize), []byte(place), value)
}

// AppendCommitment appends the commitment to a value; see Commit.
func (c *Committer) AppendCommitment(dst, place, value []byte) []byte {
	if c.text == nil {
		c.text, c.committed = c.textBuffer[:0], c.committedBuffer[:0]
	}
	salt, at := c.salt(), committed{salt: len(c.text)}
	c.text = append(c.text, salt[:]...)
	at.value = len(c.text)
	c.text = append(c.text, value...)
	at.place = len(c.text)
	c.text = append(c.text, place...)
	at.end = len(c.text)
	c.committed = append(c.committed, at)
	digest := sha256.Sum256(c.text[at.salt:at.place])
	dst = base64.RawURLEncoding.AppendEncode(append(dst, commitmentStart...), digest[:])
	return append(dst, commitmentEnd...)
}

// RequestIDMember is the member of a payload that holds the id of the request.
const RequestIDMember = "request_id"

// AppendRequestID appends the member RequestIDMember with the commitment to the id of a request.
func (c *Committer) AppendRequestID(dst []byte, id string) []byte {
	var buffer [64]byte
	value, _ := jsontext.AppendQuote(buffer[:0], id)
	return c.AppendCommitment(append(dst, `"`+RequestIDMember+`":`...), []byte("/"+RequestIDMember), value)
}

// Reset forgets the collected disclosures, so that the committer can be used for another event.
func (c *Committer) Reset() { c.committed, c.text = c.committed[:0], c.text[:0] }

// Disclosures returns the disclosures collected so far.
func (c *Committer) Disclosures() (all Disclosures) {
	if c == nil {
		return nil
	}
	for _, at := range c.committed {
		d := Disclosure{Place: string(c.text[at.place:at.end]), Value: bytes.Clone(c.text[at.value:at.place])}
		copy(d.Salt[:], c.text[at.salt:])
		all = append(all, d)
	}
	return all
}

// size returns about the length of the JSON form of the collected disclosures.
func (c *Committer) size() int {
	if c == nil {
		return 0
	}
	return len(c.text) + len(c.committed)*(saltLength+len(`"":{"salt":"","value":},`))
}

// appendDisclosures appends the JSON form of the collected disclosures; see Disclosures.Text.
func (c *Committer) appendDisclosures(dst []byte) []byte {
	if c == nil || len(c.committed) == 0 {
		return dst
	}
	byPlace := func(a, b committed) int { return bytes.Compare(c.text[a.place:a.end], c.text[b.place:b.end]) }
	if !slices.IsSortedFunc(c.committed, byPlace) { // the usual case is that the payload was written in this order
		slices.SortFunc(c.committed, byPlace)
	}
	dst = append(dst, '{')
	for _, at := range c.committed {
		dst = appendDisclosure(dst, c.text[at.place:at.end], c.text[at.salt:at.value], c.text[at.value:at.place])
	}
	return append(dst, '}')
}
