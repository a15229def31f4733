package login

import (
	"net/url"
	"slices"
	"strings"
)

const (
	consolePath = "/ui/"
	maxReturn   = 512 // bytes
)

// returnPath returns the address of the console that a person is sent to after they have signed in: the given one, if
// it certainly is a page of the console on this server, and the first page otherwise.
func returnPath(given string) string {
	if len(given) > maxReturn || !strings.HasPrefix(given, consolePath) || strings.ContainsFunc(given, isUnsafe) {
		return consolePath
	}
	u, err := url.Parse(given)
	if err != nil || u.Host != "" || u.Fragment != "" || strings.ContainsFunc(u.Path, isDeceptive) {
		return consolePath
	}
	// The decoded path must mean the same to everybody who normalizes it.
	if parts := strings.Split(strings.TrimSuffix(u.Path, "/"), "/"); slices.ContainsFunc(parts[1:], isNoName) {
		return consolePath
	}
	return given
}

func isUnsafe(r rune) bool    { return r <= ' ' || r > '~' || r == '\\' || r == '#' }
func isDeceptive(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == '\ufffd' }
func isNoName(s string) bool  { return s == "" || s == "." || s == ".." }
