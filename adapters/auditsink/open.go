// Package auditsink takes the trail to files, standard output, syslog and webhooks.
package auditsink

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Options are what sinks need beside their URL.
type Options struct {
	Stdout io.Writer // of stdout:
	// Secrets sign webhooks, each of them (whsec_…, Standard Webhooks): while one is being replaced there are two.
	Secrets []string
	// AllowPrivate lets webhooks and syslog go to addresses of private networks and of this machine.
	AllowPrivate bool
}

// Open makes the sink that a URL names: file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp://, syslog+tls://, http:// or https://.
// It connects when it is first given something.
func Open(address string, o Options) (app.Sink, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("audit sink: %s: not a URL", shownScheme(address))
	}
	switch u.Scheme {
	case "file":
		return newFile(u)
	case "stdout":
		return &stream{name: name(u), out: o.Stdout}, nil
	case "syslog", "syslog+udp", "syslog+tcp", "syslog+tls":
		return newSyslog(u, o)
	case "http", "https":
		return newWebhook(u, o)
	}
	return nil, fmt.Errorf("audit sink %s: want file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp://, syslog+tls://, http:// or https://", shownScheme(address))
}

func shownScheme(address string) string {
	scheme, _, _ := strings.Cut(address, ":")
	return scheme + ":…"
}

// name is the URL without secrets. Webhooks have theirs anywhere beyond the host: of that there is only a fingerprint, which tells URLs apart.
func name(u *url.URL) string {
	if u.Scheme == "http" || u.Scheme == "https" {
		hidden := *u
		hidden.Scheme, hidden.Host = "", ""
		sum := sha256.Sum256([]byte(hidden.String()))
		return u.Scheme + "://" + u.Host + "/#" + hex.EncodeToString(sum[:4])
	}
	shown := *u
	shown.User, shown.RawQuery = nil, ""
	if own := u.Query().Get("name"); own != "" {
		shown.RawQuery = url.Values{"name": {own}}.Encode()
	}
	return shown.String()
}

// only refuses settings that a sink does not have.
func only(u *url.URL, known ...string) error {
	for setting := range u.Query() {
		found := setting == "name" // tells two sinks apart that are alike
		for _, k := range known {
			found = found || k == setting
		}
		if !found {
			return fmt.Errorf("audit sink %s: it has no setting %q; it has %s", name(u), setting, strings.Join(append(known, "name"), ", "))
		}
	}
	return nil
}

// lines are records as lines of JSON, each with its end.
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
