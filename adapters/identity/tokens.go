package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// SecretPrefix precedes the API tokens that NewSecret returns, so that scanners for secrets can find them.
const SecretPrefix = "procedo_"

const secretBytes = 32

// NewSecret returns a new API token of 256 random bits, and its digest as the token file has it.
func NewSecret() (secret, digest string) {
	random := make([]byte, secretBytes)
	_, _ = rand.Read(random) // it does not fail
	secret = SecretPrefix + base64.RawURLEncoding.EncodeToString(random)
	sum := sha256.Sum256([]byte(secret))
	return secret, hex.EncodeToString(sum[:])
}

// tokenTable holds the API tokens by the SHA-256 of their secret. The time of a lookup depends on the digest, but
// nobody can choose the digest of a secret.
type tokenTable map[[digestSize]byte]*apiToken

// apiToken is an entry of the token file.
type apiToken struct {
	name     string
	roles    access.Roles
	groups   []string
	notAfter time.Time // zero: it does not end
	agent    bool
}

func (t *apiToken) equals(other *apiToken) bool {
	return t.name == other.name && t.roles == other.roles && slices.Equal(t.groups, other.groups) &&
		t.notAfter.Equal(other.notAfter) && t.agent == other.agent
}

// principal returns the principal that an API token stands for.
func (t *apiToken) principal(now time.Time) (access.Principal, error) {
	if !t.notAfter.IsZero() && !now.Before(t.notAfter) {
		return access.Principal{}, invalid("the API token %s has expired", t.name)
	}
	p := access.Principal{
		ID: access.TokenPrefix + t.name, Via: access.ViaToken, Roles: t.roles, Groups: t.groups, Expires: t.notAfter,
	}
	if t.agent {
		p.Agent = &access.Agent{Subject: t.name}
	}
	return p, nil
}

// maxTokenFile is the maximum size of the token file, in bytes.
const maxTokenFile = 4 << 20

// Reload reads the token file again. If the file is not valid, the tokens that were read before stay in force.
func (a *Authenticator) Reload() error {
	if a.file == "" {
		return nil
	}
	data, mode, err := readFile(a.file)
	if err != nil {
		return err
	}
	const others fs.FileMode = 0o022
	if mode.Perm()&others != 0 {
		a.log.Warn("other users of this machine can add tokens to the token file; chmod 600 prevents it", "file", a.file)
	}
	table, err := parseTokens(data)
	if err != nil {
		return err
	}
	before := a.tokens.Swap(&table)
	if before == nil {
		a.log.Info("the token file was read", "file", a.file, "tokens", len(table))
		return nil
	}
	added, withdrawn := table.without(*before), before.without(table)
	if len(added)+len(withdrawn) == 0 {
		a.log.Info("the token file was read again; it has the same tokens", "file", a.file, "tokens", len(table))
		return nil
	}
	a.log.Info("the token file was read again", "file", a.file, "tokens", len(table),
		"added", added, "withdrawn", withdrawn)
	return nil
}

// without returns the sorted names of the tokens that other does not have. The same secret with other rights counts as
// another token.
func (t tokenTable) without(other tokenTable) (names []string) {
	for digest, token := range t {
		if same := other[digest]; same == nil || !token.equals(same) {
			names = append(names, token.name)
		}
	}
	slices.Sort(names)
	return names
}

// readFile returns the content and the mode of the token file. The size of a device is not known beforehand.
func readFile(name string) ([]byte, fs.FileMode, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxTokenFile+1))
	if err == nil && len(data) > maxTokenFile {
		err = refuse(BadFile, fault.Params{"reason": "size"})
	}
	return data, info.Mode(), err
}

// parseTokens reads the entries of a token file. It returns an *Error if the file is not valid.
func parseTokens(data []byte) (tokenTable, error) {
	node, err := jsondoc.Parse(data)
	var bad *jsondoc.Error
	if errors.As(err, &bad) {
		return nil, refuse(BadFile, fault.Params{"reason": bad.Reason, "offset": bad.Offset, "pointer": bad.Pointer})
	}
	if node.Kind != jsondoc.Array {
		return nil, refuse(BadFile, fault.Params{"reason": "array"})
	}
	table, names := make(tokenTable, len(node.Items)), make(map[string]bool, len(node.Items))
	for i, item := range node.Items {
		e := tokenEntry{at: i + 1}
		digest, t, err := e.read(item)
		switch {
		case err != nil:
			return nil, err
		case names[t.name]:
			return nil, e.refuse(DuplicateName, nil)
		case table[digest] != nil:
			return nil, e.refuse(DuplicateDigest, nil)
		}
		names[t.name], table[digest] = true, t
	}
	return table, nil
}

// CheckEntry returns an *Error if a JSON text is not an entry of a token file.
func CheckEntry(data []byte) error {
	_, err := parseTokens(slices.Concat([]byte("["), data, []byte("]")))
	return err
}

// tokenEntry reads an entry of the token file.
type tokenEntry struct {
	at   int // from 1
	name string
}

// NameForm is the form of the name of an API token.
var NameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$`)

func (e *tokenEntry) refuse(reason string, params fault.Params) error {
	all := fault.Params{"number": e.at, "name": e.name}
	for k, v := range params {
		all[k] = v
	}
	return refuse(reason, all)
}

// value returns an error for a member whose value is not valid.
func (e *tokenEntry) value(member string) error {
	return e.refuse(BadMember, fault.Params{"member": member})
}

func (e *tokenEntry) read(n *jsondoc.Node) (digest [digestSize]byte, t *apiToken, err error) {
	if n.Kind != jsondoc.Object {
		return digest, nil, e.refuse(BadEntry, nil)
	}
	if name := n.Get("name"); name != nil && name.Kind == jsondoc.String && NameForm.MatchString(name.Text) {
		e.name = name.Text
	}
	t = &apiToken{name: e.name}
	for _, m := range n.Members {
		switch m.Name {
		case "name":
			if e.name == "" {
				return digest, nil, e.value(m.Name)
			}
		case "sha256":
			raw, err := hex.DecodeString(m.Value.Text)
			if m.Value.Kind != jsondoc.String || err != nil || copy(digest[:], raw) != digestSize || len(raw) > digestSize {
				return digest, nil, e.value(m.Name)
			}
		default:
			if err := e.option(t, m); err != nil {
				return digest, nil, err
			}
		}
	}
	for _, name := range []string{"name", "sha256"} {
		if n.Get(name) == nil {
			return digest, nil, e.refuse(MissingMember, fault.Params{"member": name})
		}
	}
	return digest, t, nil
}

// option reads a member that an entry may lack. Null stands for a missing one.
func (e *tokenEntry) option(t *apiToken, m jsondoc.Member) error {
	absent := m.Value.Kind == jsondoc.Null
	switch m.Name {
	case "roles":
		names, ok := lines(m.Value)
		if !ok && !absent {
			return e.value(m.Name)
		}
		for _, name := range names {
			r, known := access.ParseRole(name)
			if !known {
				return e.refuse(UnknownEntryRole, fault.Params{"given": name, "allowed": access.AllRoles.String()})
			}
			t.roles |= access.RolesOf(r)
		}
	case "groups":
		var ok bool
		if t.groups, ok = lines(m.Value); !ok && !absent {
			return e.value(m.Name)
		}
	case "not_after":
		at, err := time.Parse(time.RFC3339, m.Value.Text)
		if (m.Value.Kind != jsondoc.String || err != nil) && !absent {
			return e.value(m.Name)
		}
		t.notAfter = at
	case "agent":
		if m.Value.Kind != jsondoc.Bool && !absent {
			return e.value(m.Name)
		}
		t.agent = m.Value.Bool
	default:
		return e.refuse(UnknownMember, fault.Params{"member": fault.Quoted(m.Name)})
	}
	return nil
}

// lines returns the strings of an array, and whether it is an array of strings that are single lines.
func lines(n *jsondoc.Node) (list []string, ok bool) {
	if n.Kind != jsondoc.Array {
		return nil, false
	}
	for _, item := range n.Items {
		line, ok := lineOf(item)
		if !ok {
			return nil, false
		}
		list = append(list, line)
	}
	return list, true
}
