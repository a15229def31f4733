package login

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/fault"
)

// Settings say how people are signed in.
type Settings struct {
	Issuer       string // URL
	ClientID     string
	ClientSecret string   // empty: a public client
	PublicURL    string   // where browsers reach the service; see PublicAddress
	Scopes       []string // to ask for
	Audience     []string // the names of the service in tokens; the first that is a URI is asked for
}

// Error says what is wrong with a setting. The command line has a text for each Reason.
type Error struct {
	Reason string
	Params fault.Params
}

// The reasons of errors.
const (
	NeedsIssuer    = "needs_issuer"     // a client without an issuer
	NeedsClient    = "needs_client"     // other settings without a client
	NeedsPublicURL = "needs_public_url" // a client without the URL of the service
	BadClient      = "client"
	BadPublicURL   = "public_url"
	BadScope       = "scope"
	BadSecret      = "secret_file"
)

// Reasons returns all reasons.
func Reasons() []string {
	return []string{NeedsIssuer, NeedsClient, NeedsPublicURL, BadClient, BadPublicURL, BadScope, BadSecret}
}

// Error returns the error as the log shows it.
func (e *Error) Error() string { return fmt.Sprintf("login: %s %v", e.Reason, e.Params) }

// Check returns an *Error if the settings cannot work.
func (s Settings) Check() error {
	switch {
	case s.ClientID == "" && (s.ClientSecret != "" || s.PublicURL != ""):
		return &Error{NeedsClient, nil}
	case s.ClientID == "":
		return nil
	case s.Issuer == "":
		return &Error{NeedsIssuer, nil}
	case s.PublicURL == "":
		return &Error{NeedsPublicURL, nil}
	case !isVisible(s.ClientID):
		return &Error{BadClient, fault.Params{"given": s.ClientID}}
	case !isVisible(s.ClientSecret):
		return &Error{BadSecret, nil}
	}
	for _, scope := range s.Scopes { // RFC 6749, section 3.3
		if scope == "" || !isVisible(scope) || strings.ContainsAny(scope, ` "\`) {
			return &Error{BadScope, fault.Params{"given": scope}}
		}
	}
	_, err := PublicAddress(s.PublicURL)
	return err
}

// isVisible reports whether a text has only the characters that RFC 6749, appendix A, allows.
func isVisible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// PublicAddress parses the URL under which browsers reach the service: HTTPS, or HTTP on this machine, perhaps with the
// path that a proxy takes away. The path of the result does not end with a slash.
func PublicAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || !isVisible(text) || strings.Contains(text, "@") || !discovery.IsSecure(u) || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery ||
		u.Fragment != "" || strings.Contains(text, "#") || strings.ContainsAny(u.Path, `%\ `) || u.RawPath != "" {
		return nil, &Error{BadPublicURL, fault.Params{"given": text}}
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if u.Path != "" && path.Clean(u.Path) != u.Path {
		return nil, &Error{BadPublicURL, fault.Params{"given": text}}
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// at returns the public URL of a path of the service.
func (s Settings) at(servicePath string) string {
	u, err := PublicAddress(s.PublicURL)
	if err != nil {
		panic("login: " + err.Error()) // New has checked it
	}
	return u.String() + servicePath
}

// resource returns the resource that tokens are asked for (RFC 8707): the name of the service in tokens, if it is an
// absolute URI. Otherwise it is empty, and the issuer must know by itself for whom the tokens are. So it must for api:,
// which names an application of Entra ID: there, the scopes say it, and a resource beside them is refused.
func (s Settings) resource() string {
	for _, name := range s.Audience {
		if u, err := url.Parse(name); err == nil && u.IsAbs() && u.Scheme != "api" && u.Fragment == "" {
			return name
		}
	}
	return ""
}
