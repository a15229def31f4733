// Package auditsink delivers the audit trail to files, standard output, syslog and webhooks.
package auditsink

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Options holds the settings that are not part of a sink's URL.
type Options struct {
	Stdout io.Writer // where a sink with the URL "stdout:" writes
	// Secrets sign the requests of webhooks. Each has the format whsec_… of Standard Webhooks. A request is signed
	// with all secrets, so that a new one can be added before the old one is removed.
	Secrets []string
	// AllowPrivate allows webhooks and syslog receivers on this machine and in private networks.
	AllowPrivate bool
}

// Open returns the sink that a URL describes: file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp://, syslog+tls://,
// http:// or https://. The sink does not connect before its first delivery.
func Open(address string, o Options) (app.Sink, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("audit sink: %s: not a URL", schemeOf(address))
	}
	if endsEarly(u) {
		return nil, fmt.Errorf(`audit sink: %s: "@" after "?" or "#" must be written %%40, `+
			`and "?" and "#" in a password %%3F and %%23`, schemeOf(address))
	}
	switch u.Scheme {
	case "file":
		return newFile(u)
	case "stdout":
		return &stream{name: sinkName(u), out: o.Stdout}, nil
	case "syslog", "syslog+udp", "syslog+tcp", "syslog+tls":
		return newSyslog(u, o)
	case "http", "https":
		return newWebhook(u, o)
	}
	return nil, fmt.Errorf("audit sink %s: want file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp://, "+
		"syslog+tls://, http:// or https://", schemeOf(address))
}

// schemeOf returns the scheme of a URL followed by an ellipsis, for messages that must not show secrets in the URL.
func schemeOf(address string) string {
	scheme, _, _ := strings.Cut(address, ":")
	if !schemeForm.MatchString(scheme) {
		return "…"
	}
	return scheme + ":…"
}

var schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

// Name returns the URL of a sink without secrets: the name by which logs and metrics know the sink.
func Name(address string) string {
	u, err := url.Parse(address)
	if err != nil || endsEarly(u) || !slices.Contains(schemes, u.Scheme) {
		return schemeOf(address)
	}
	return sinkName(u)
}

var schemes = []string{"file", "stdout", "syslog", "syslog+udp", "syslog+tcp", "syslog+tls", "http", "https"}

// endsEarly reports whether the host of a URL may be the start of a user and password with "?" or "#".
func endsEarly(u *url.URL) bool {
	return u.Host != "" && (strings.Contains(u.Fragment, "@") || u.Path == "" && strings.Contains(u.RawQuery, "@"))
}

// sinkName returns the URL of a sink without secrets. In the URL of a webhook, everything except the scheme and host
// can be secret. A fingerprint replaces the secret parts, so that different webhooks have different names.
func sinkName(u *url.URL) string {
	if u.Scheme == "http" || u.Scheme == "https" {
		hidden := *u
		hidden.Scheme, hidden.Host = "", ""
		sum := sha256.Sum256([]byte(hidden.String()))
		return u.Scheme + "://" + u.Host + "/#" + hex.EncodeToString(sum[:4])
	}
	shown := *u
	shown.User, shown.RawQuery = nil, ""
	if setting := u.Query().Get("name"); setting != "" {
		shown.RawQuery = url.Values{"name": {setting}}.Encode()
	}
	return shown.String()
}

// checkSettings returns an error if the query of the URL has an unknown setting. All sinks have the setting "name",
// which distinguishes sinks whose URLs are otherwise equal.
func checkSettings(u *url.URL, known ...string) error {
	known = append(known, "name")
	for setting := range u.Query() {
		if !slices.Contains(known, setting) {
			return fmt.Errorf("audit sink %s: unknown setting %q; known: %s", sinkName(u), setting, strings.Join(known, ", "))
		}
	}
	return nil
}

// lines returns the records as lines of JSON, each ending with a line feed.
func lines(records []audit.FeedRecord) ([]byte, error) {
	var all []byte
	for _, r := range records {
		line, err := json.Marshal(r.Line())
		if err != nil {
			return nil, err
		}
		all = append(append(all, line...), '\n')
	}
	return all, nil
}
