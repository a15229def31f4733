package main

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// What is shown in place of a password, and in place of what may hold one.
const (
	hiddenPassword = "xxxxx"
	hiddenPart     = "…"
)

// The parts of an address that can be shown.
var (
	schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
	userForm   = regexp.MustCompile(`^[\pL\pN_.~%!$'()*+,;=-]*$`)
	hostsForm  = regexp.MustCompile(`^` + hostForm + `(,` + hostForm + `)*$`)
	pathForm   = regexp.MustCompile(`^(/[\pL\pN_.~%!$&'()*+,;=:/-]*)?$`)
	queryForm  = regexp.MustCompile(`[?].*=`)
	nameForm   = regexp.MustCompile(`^\w+$`)
	valueForm  = regexp.MustCompile(`^[\pL\pN_.~%!$'()*+,;:/-]*$`)
)

const hostForm = `([\pL\pN_.~%-]*|\[[0-9A-Fa-f:.]+(%[\pL\pN_.~%-]+)?\])(:[0-9]{1,5})?`

// settingsOf holds the settings in the query of an address whose values are shown, by scheme.
var settingsOf = map[string][]string{
	"postgres":   postgresSettings,
	"postgresql": postgresSettings,
	"valkey":     valkeySettings,
	"valkeys":    valkeySettings,
	"memory":     {"megabytes"},
}

var postgresSettings = strings.Fields(`
	host port dbname database user application_name connect_timeout target_session_attrs options channel_binding
	sslmode sslrootcert sslcert sslkey sslsni sslnegotiation sslcertmode require_auth min_protocol_version
	max_protocol_version passfile service servicefile krbsrvname krbspn pool_max_conns pool_min_conns
	pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter pool_max_conn_idle_time
	pool_health_check_period default_query_exec_mode statement_cache_capacity description_cache_capacity search_path
	timezone statement_timeout lock_timeout idle_in_transaction_session_timeout synchronous_commit role work_mem`)

var valkeySettings = strings.Fields(`addr db dial_timeout write_timeout protocol client_cache max_retries client_name`)

// redacted returns the address of a server, a database or a cache without what may be a secret. A password may hold
// characters that end it for one driver and not for another, so only parts whose form is certain are shown. An address
// without secrets is returned unchanged.
func redacted(address string) string {
	scheme, rest, found := strings.Cut(address, ":")
	server, isServer := strings.CutPrefix(rest, "//")
	settings, known := settingsOf[scheme]
	switch {
	case address == "":
		return ""
	case !found || !schemeForm.MatchString(scheme):
		return hiddenPart
	case scheme == "sqlite":
		return scheme + ":" + redactedPath(rest)
	case isServer:
		return scheme + "://" + redactedServer(server, scheme, settings)
	case scheme == "none" && rest == "":
		return address
	case scheme == "memory" && (rest == "" || rest[0] == '?'):
		return scheme + ":" + redactedQuery(rest, settings)
	case known || scheme == "none":
		return scheme + ":" + hiddenPart
	}
	return hiddenPart // in user:password@host, it is no scheme
}

// userInPath matches a user and a password at the beginning of what should be a path.
var userInPath = regexp.MustCompile(`^(//[^/]*|[^/]*:[^/]*)@`)

// redactedPath returns the path of an SQLite file, unless it looks like something else.
func redactedPath(path string) string {
	if strings.Contains(path, "?") || strings.Contains(path, "://") || secretForm.MatchString(path) ||
		userInPath.MatchString(path) {
		return hiddenPart
	}
	return path
}

// redactedServer returns what follows the scheme and "//" without secrets. What precedes the last "@" is not shown,
// except for the name of the user. An "@" after the first slash may end a password with a slash, and one after a "?"
// may be in a setting: then nothing is shown.
func redactedServer(server, scheme string, settings []string) string {
	path := ""
	if slash := strings.IndexByte(server, '/'); slash >= 0 {
		server, path = server[:slash], server[slash:]
	}
	user, at := "", strings.LastIndexByte(server, '@')
	if at >= 0 {
		user, server = server[:at], server[at+1:]
	}
	if strings.Contains(path, "@") || queryForm.MatchString(user) {
		return hiddenPart
	}
	if query := strings.IndexByte(server, '?'); query >= 0 {
		server, path = server[:query], server[query:]+path
	}
	path, query := cutBefore(path, '?')
	if !hostsForm.MatchString(server) || !pathForm.MatchString(path) {
		return hiddenPart
	}
	if at >= 0 {
		user = redactedUser(user, scheme) + "@"
	}
	return user + server + path + redactedQuery(query, settings)
}

var schemesWithUsers = []string{"postgres", "postgresql", "valkey", "valkeys", "http", "https"}

// redactedUser returns the name of a user without the password. Without a password, the name may itself be the secret,
// but not for PostgreSQL.
func redactedUser(userinfo, scheme string) string {
	name, _, hasPassword := strings.Cut(userinfo, ":")
	switch {
	case !userForm.MatchString(name), !hasPassword && !strings.HasPrefix(scheme, "postgres"),
		!slices.Contains(schemesWithUsers, scheme):
		return hiddenPassword
	case hasPassword:
		return name + ":" + hiddenPassword
	}
	return name
}

// tooShort is the length of a setting, such as a=b, that cannot be a secret.
const tooShort = 3

// redactedQuery returns a query, which is empty or begins with "?". It ends at the first setting that is not known: a
// password may hold "&" as well.
func redactedQuery(query string, known []string) string {
	if query == "" {
		return ""
	}
	var shown strings.Builder
	for i, pair := range strings.Split(query[1:], "&") {
		shown.WriteByte("?&"[min(i, 1)])
		name, value, _ := strings.Cut(pair, "=")
		isKnown := slices.Contains(known, name) || len(pair) <= tooShort && nameForm.MatchString(name)
		if pair != "" && (!isKnown || !valueForm.MatchString(value)) {
			shown.WriteString(hiddenPart)
			break
		}
		shown.WriteString(pair)
	}
	return shown.String()
}

// cutBefore returns a text in two parts; the second begins with the separator, or is empty.
func cutBefore(text string, separator byte) (before, rest string) {
	if i := strings.IndexByte(text, separator); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// secretForm matches the name of a setting that is a secret.
var secretForm = regexp.MustCompile(`(?i)(pass|pw|secret|token|key)\w*\s*=`)

// entryForm matches what may precede an address and "=".
var entryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{0,64}$`)

// redactedEntry returns the value of a flag without what may be a secret: an address, perhaps after a name and "=", or
// any other text. An address need not have a scheme to hold a password.
func redactedEntry(text string) string {
	before, address := "", text
	if name, rest, found := strings.Cut(text, "="); found && entryForm.MatchString(name) {
		before, address = name+"=", rest
	}
	if secretForm.MatchString(before) {
		return before + hiddenPart
	}
	if strings.Contains(address, "://") || secretForm.MatchString(text) ||
		strings.Contains(address, "@") && !filepath.IsAbs(text) {
		return before + redacted(address)
	}
	return withoutKeys(text)
}

// keyForm matches a private key for checkpoints, and a secret of a webhook.
var keyForm = regexp.MustCompile(`(?s)PRIVATE\+KEY\+.*|whsec_\S+`)

// withoutKeys returns a text without the private keys in it.
func withoutKeys(text string) string { return keyForm.ReplaceAllString(text, hiddenPart) }

// shownKey returns what should be a verifier key, but is not: its name alone, because it may be a private key.
func shownKey(text string) string {
	const longest = 20
	name, _, found := strings.Cut(text, "+")
	switch {
	case name == "PRIVATE" || len(name) > longest:
		return hiddenPart
	case found:
		return name + "+" + hiddenPart
	}
	return name
}

// withoutSecrets returns the parameters of a message about a flag, whose value may hold a secret.
func withoutSecrets(params fault.Params) fault.Params {
	given, _ := params["given"].(string)
	if shown := redactedEntry(given); shown != given {
		params = maps.Clone(params)
		params["given"] = shown
	}
	return params
}
