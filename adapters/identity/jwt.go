package identity

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/jsondoc"
)

// algorithms are the algorithms of signatures that are accepted (RFC 8725, section 3.1).
var algorithms = []string{"RS256", "PS256", "ES256", "EdDSA"}

// keyHeaders are the members of a header that bring a key, or say where one is. No key may come from a token.
var keyHeaders = []string{"jwk", "jku", "x5u", "x5c"}

// unverified is a token whose form was checked, but not its signature.
type unverified struct {
	text   string
	typ    string // lower case, without application/
	hasKID bool
	claims *claims
}

// readToken reads a signed token in the compact form (RFC 7515, section 7.1). It checks all that can be checked without
// the settings: both JSON texts are strict, and the header and the claims have the right types.
func readToken(text string) (*unverified, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, invalid("%d parts instead of 3", len(parts))
	}
	header, err := decodeObject(parts[0], "header")
	if err != nil {
		return nil, err
	}
	t := &unverified{text: text}
	if err := t.readHeader(header); err != nil {
		return nil, err
	}
	payload, err := decodeObject(parts[1], "payload")
	if err != nil {
		return nil, err
	}
	t.claims, err = readClaims(payload)
	return t, err
}

// decodeObject decodes a part of a token, which must be a JSON object.
func decodeObject(part, name string) (*jsondoc.Node, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, invalid("%s: %w", name, err)
	}
	node, err := jsondoc.Parse(data)
	if err != nil {
		return nil, invalid("%s: %w", name, err)
	}
	if node.Kind != jsondoc.Object {
		return nil, invalid("%s: not an object", name)
	}
	return node, nil
}

func (t *unverified) readHeader(header *jsondoc.Node) error {
	if header.Get("crit") != nil { // nothing that a header can call critical is understood (RFC 7515, section 4.1.11)
		return invalid("header: crit")
	}
	for _, name := range keyHeaders {
		if header.Get(name) != nil {
			return invalid("header: %s", name)
		}
	}
	alg := header.Get("alg")
	if alg == nil || alg.Kind != jsondoc.String || !slices.Contains(algorithms, alg.Text) {
		return invalid("header: the algorithm is none of %v", algorithms)
	}
	typ := header.Get("typ")
	if typ == nil || typ.Kind != jsondoc.String {
		return invalid("header: no typ")
	}
	t.typ = mediaType(typ.Text)
	if kid := header.Get("kid"); kid != nil {
		if kid.Kind != jsondoc.String || !isSingleLine(kid.Text) {
			return invalid("header: kid is not a single line")
		}
		t.hasKID = true
	}
	return nil
}

// mediaType returns a value of typ in the form in which it is compared (RFC 7515, section 4.1.9).
func mediaType(typ string) string {
	return strings.TrimPrefix(strings.ToLower(typ), "application/")
}
