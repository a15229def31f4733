package issuer

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Hostile returns tokens that must be refused, by what is wrong with them. Most are signed with the key of the issuer,
// so that nothing else is wrong.
func (i *Issuer) Hostile() map[string]string {
	all := map[string]string{}
	for _, kind := range []map[string]string{i.badSignatures(), i.badHeaders(), i.badClaims(), i.badForms()} {
		for name, token := range kind {
			all[name] = token
		}
	}
	return all
}

// badSignatures returns tokens that the key of the issuer has not signed.
func (i *Issuer) badSignatures() map[string]string {
	good := i.Token(nil)
	i.mu.Lock()
	key := i.key
	i.mu.Unlock()
	der, _ := x509.MarshalPKIXPublicKey(key.private.Public())
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	none := func(alg any) string {
		return withoutSignature(i.Signed(i.Header(Claims{"alg": alg}), i.Claims(nil)))
	}
	stranger := newSigner(i.t, key.method)
	hmac := func(key []byte) string {
		return sign(i.t, jwt.SigningMethodHS256, key, text(i.t, i.Header(Claims{"alg": "HS256"})), text(i.t, i.Claims(nil)))
	}
	jwk := stranger.jwk()
	delete(jwk, "kid")
	forged := func(header Claims) string {
		return sign(i.t, stranger.method, stranger.private, text(i.t, i.Header(header)), text(i.t, i.Claims(nil)))
	}
	return map[string]string{
		"the algorithm none":                 none("none"),
		"the algorithm None":                 none("None"),
		"no algorithm":                       none(nil),
		"an empty algorithm":                 none(""),
		"an algorithm that is no string":     none([]string{"ES256"}),
		"HS256 with the public key as PEM":   hmac(public),
		"HS256 with the public key as DER":   hmac(der),
		"HS256 with an empty key":            hmac([]byte{}),
		"the key of a stranger":              forged(nil),
		"an unknown kid":                     forged(Claims{"kid": "unknown"}),
		"no kid, the key of a stranger":      forged(Claims{"kid": nil}),
		"an embedded jwk":                    forged(Claims{"kid": nil, "jwk": jwk}),
		"an embedded jwk beside a known kid": forged(Claims{"jwk": jwk}),
		"no signature":                       withoutSignature(good),
		"a changed signature":                good[:len(good)-8] + "AAAAAAAA",
		"the signature of another token":     withoutSignature(i.Token(Claims{"sub": "eve"})) + signature(good),
	}
}

// badHeaders returns tokens that are signed with the key of the issuer but have a bad header.
func (i *Issuer) badHeaders() map[string]string {
	all := map[string]string{}
	other := "RS256"
	if i.Header(nil)["alg"] == other {
		other = "ES256"
	}
	for name, header := range map[string]Claims{
		"no typ": {"typ": nil}, "an ID token": {"typ": "JWT"}, "a logout token": {"typ": "logout+jwt"},
		"another typ": {"typ": "dpop+jwt"}, "an empty typ": {"typ": ""}, "a typ that is no string": {"typ": 1},
		"crit": {"crit": []string{"exp"}}, "an empty crit": {"crit": []string{}},
		"crit with b64": {"crit": []string{"b64"}, "b64": false}, "crit that is an object": {"crit": Claims{}},
		"jku": {"jku": i.URL + "/keys"}, "jku of a stranger": {"jku": "https://evil.example/keys"},
		"x5u": {"x5u": "https://evil.example/cert"}, "x5c": {"x5c": []string{"MIIB"}},
		"jwk that is no key": {"jwk": 1}, "a kid that is a path": {"kid": "../../../../dev/null"},
		"a kid that is SQL": {"kid": "x' UNION SELECT 'key"}, "a kid that is an address": {"kid": i.URL + "/keys"},
		"a kid of several lines": {"kid": "key-1\nkey-2"}, "a kid with NUL": {"kid": "key-1\x00"},
		"a kid that is a number": {"kid": 1}, "a kid that is an array": {"kid": []string{"key-1"}},
		"an empty kid": {"kid": ""}, "a long kid": {"kid": strings.Repeat("k", 1000)},
		"another algorithm of the same key": {"alg": "ES384"}, "the algorithm of another key": {"alg": other},
		"an algorithm that is not accepted": {"alg": "ES512"}, "an unknown algorithm": {"alg": "XX999"},
		"alg in lower case": {"alg": "es256"},
	} {
		all[name] = i.Signed(i.Header(header), i.Claims(nil))
	}
	return all
}

// badClaims returns tokens that are signed with the key of the issuer but have bad claims.
func (i *Issuer) badClaims() map[string]string {
	now := time.Now().Unix()
	const minute = 60
	all := map[string]string{}
	for name, claims := range map[string]Claims{
		"no issuer":                  {"iss": nil},
		"another issuer":             {"iss": "https://evil.example"},
		"a longer issuer":            {"iss": i.URL + "/"},
		"an issuer that is an array": {"iss": []string{i.URL}},
		"an issuer in other case":    {"iss": strings.ToUpper(i.URL)},
		"no audience":                {"aud": nil},
		"another audience":           {"aud": "https://other.test"},
		"an empty audience":          {"aud": []string{}},
		"a longer audience":          {"aud": Audience + ".evil.example"}, "an audience that is a number": {"aud": 1},
		"an audience with a number":       {"aud": []any{Audience, 1}},
		"an audience that is an object":   {"aud": Claims{"a": Audience}},
		"no exp":                          {"exp": nil},
		"expired":                         {"exp": now - minute},
		"exp that is a string":            {"exp": fmt.Sprint(now + minute)},
		"exp that is 0":                   {"exp": 0},
		"a negative exp":                  {"exp": -1},
		"a huge exp":                      {"exp": 1e300},
		"exp that is true":                {"exp": true},
		"not yet valid":                   {"nbf": now + minute + minute},
		"nbf that is a string":            {"nbf": "0"},
		"nbf that is an array":            {"nbf": []int{1}},
		"iat that is a string":            {"iat": "now"},
		"no subject":                      {"sub": nil},
		"a subject that is a number":      {"sub": 7},
		"a subject that is an array":      {"sub": []string{"ann"}},
		"an empty subject":                {"sub": ""},
		"a blank subject":                 {"sub": " \u200b "},
		"a subject of several lines":      {"sub": "ann\neve"},
		"a subject with a line separator": {"sub": "ann\u2028eve"}, "a subject with NUL": {"sub": "ann\x00"},
		"a long subject": {"sub": strings.Repeat("a", 255)}, "a subject that is true": {"sub": true},
		"a subject with a zero-width space":    {"sub": "an\u200bn"},
		"a subject with a byte order mark":     {"sub": "\ufeffann"},
		"a subject written backwards":          {"sub": "\u202enna\u202c"},
		"a subject with an isolate":            {"sub": "ann\u2066"},
		"a subject with a soft hyphen":         {"sub": "an\u00adn"},
		"a subject with a no-break space":      {"sub": "ann\u00a0eve"},
		"a subject with a Hangul filler":       {"sub": "ann\u3164"},
		"a subject with a space before":        {"sub": " ann"},
		"a subject with a space behind":        {"sub": "ann "},
		"act with a subject that looks like x": {"act": Claims{"sub": "x\u200d"}},
		"act with an issuer written backwards": {"act": Claims{"sub": "bot", "iss": "\u202ex"}},
		"act within act with a hidden subject": {"act": Acts("bot", "planner\u2060")},
		"exp after the year 9999":              {"exp": 253402300800},
		"nbf before 1970":                      {"nbf": -1},
		"roles that are a number":              {"roles": 7}, "roles with a number": {"roles": []any{"admin", 7}},
		"roles that are an object":            {"roles": Claims{"admin": true}},
		"groups with an object":               {"groups": []any{Claims{}}},
		"act that is a string":                {"act": "bot"},
		"act without a subject":               {"act": Claims{}},
		"act that is an array":                {"act": []any{}},
		"act with a subject of several lines": {"act": Claims{"sub": "a\nb"}},
		"act with a number":                   {"act": Claims{"sub": 1}},
		"act with an issuer that is a number": {"act": Claims{"sub": "bot", "iss": 1}},
		"act within act that is no object":    {"act": Claims{"sub": "bot", "act": 1}},
		"act too deep":                        {"act": Acts("a", "b", "c", "d", "e")},
	} {
		all[name] = i.Signed(i.Header(nil), i.Claims(claims))
	}
	return all
}

// Acts returns the claim act of agents, the last of which acted first.
func Acts(subjects ...string) Claims {
	act := Claims{"sub": subjects[0]}
	if len(subjects) > 1 {
		act["act"] = Acts(subjects[1:]...)
	}
	return act
}

// badForms returns texts that are no well-formed tokens; where they are signed, it is with the key of the issuer.
func (i *Issuer) badForms() map[string]string {
	header, claims := text(i.t, i.Header(nil)), text(i.t, i.Claims(nil))
	good := i.Token(nil)
	deep := strings.Repeat("[", 500) + strings.Repeat("]", 500)
	whole := text(i.t, Claims{
		"payload": encode([]byte(claims)), "protected": encode([]byte(header)), "signature": signature(good),
	})
	twice := func(json, member string) string { return json[:len(json)-1] + "," + member + "}" }
	return map[string]string{
		"an empty text": "", "a word": "token", "dots": "..", "five parts": good + ".a.b", "four parts": good + ".",
		"a space before":                    " " + good,
		"a space behind":                    good + " ",
		"padding":                           good + "=",
		"not base64":                        "!" + good,
		"standard base64":                   "eyJhbGciOiJ+/" + good,
		"too long":                          i.Token(Claims{"filler": strings.Repeat("x", 8<<10)}),
		"a claim twice":                     i.SignedText(header, twice(claims, `"sub":"eve"`)),
		"a claim twice, in an object":       i.SignedText(header, twice(claims, `"x":{"a":1,"a":2}`)),
		"a claim twice, escaped":            i.SignedText(header, twice(claims, `"s\u0075b":"eve"`)),
		"a member of the header twice":      i.SignedText(twice(header, `"alg":"none"`), claims),
		"claims that are an array":          i.SignedText(header, "["+claims+"]"),
		"claims that are null":              i.SignedText(header, "null"),
		"claims that are not JSON":          i.SignedText(header, claims+"x"),
		"claims with a byte order mark":     i.SignedText(header, "\ufeff"+claims),
		"claims with invalid UTF-8":         i.SignedText(header, twice(claims, "\"x\":\"\xff\"")),
		"claims with half a surrogate pair": i.SignedText(header, twice(claims, `"x":"\ud800"`)),
		"claims that are nested deeply":     i.SignedText(header, twice(claims, `"x":`+deep)),
		"crit that is null":                 i.SignedText(twice(header, `"crit":null`), claims),
		"a header that is null":             i.SignedText("null", claims),
		"a header that is an array":         i.SignedText("["+header+"]", claims),
		"a JSON serialization":              whole,
		"an API token that nobody has made": "procedo_" + strings.Repeat("A", 43),
	}
}
