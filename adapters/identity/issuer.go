package identity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
)

// Issuer is an OpenID Connect issuer whose tokens are accepted.
type Issuer struct {
	Alias string // precedes the subject in the name of an actor
	URL   string // as the claim iss has it
}

// ParseIssuer parses an entry such as corp=https://login.example.com: the alias and the URL of an issuer.
func ParseIssuer(entry string) (Issuer, error) {
	alias, address, ok := strings.Cut(entry, "=")
	if !ok {
		return Issuer{}, refuse(BadIssuer, fault.Params{"given": entry})
	}
	return Issuer{Alias: alias, URL: address}, nil
}

var aliasForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// reservedAliases are the words before other actors and keys; see core/access.
var reservedAliases = []string{
	strings.TrimSuffix(access.TokenPrefix, ":"), strings.TrimSuffix(access.SystemPrefix, ":"), "agent",
}

func (i Issuer) check() error {
	if !aliasForm.MatchString(i.Alias) || slices.Contains(reservedAliases, i.Alias) {
		return refuse(BadAlias, fault.Params{"given": i.Alias, "reserved": strings.Join(reservedAliases, ", ")})
	}
	u, err := url.Parse(i.URL)
	if err != nil || !discovery.IsSecure(u) || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		!isSingleLine(i.URL) || strings.Contains(i.URL, "@") { // with "@", a part may be of a password
		return refuse(BadIssuer, fault.Params{"given": i.Alias + "=" + i.URL})
	}
	return nil
}

// rules are what tokens of all issuers are checked for.
type rules struct {
	audience []string
	types    []string
	roles    pointer
	groups   pointer
	roleMap  RoleMap
	now      func() time.Time
}

// rules checks the settings and returns them in the form in which tokens are checked.
func (o Options) rules() (*rules, error) {
	if len(o.Issuers) > 0 && (len(o.Audience) == 0 || slices.ContainsFunc(o.Audience, isNoLine)) {
		return nil, refuse(MissingAudience, nil)
	}
	for n, i := range o.Issuers {
		if err := i.check(); err != nil {
			return nil, err
		}
		for _, other := range o.Issuers[:n] {
			if other.Alias == i.Alias || other.URL == i.URL {
				return nil, refuse(DuplicateIssuer, fault.Params{"given": i.Alias + "=" + i.URL})
			}
		}
	}
	r := &rules{audience: o.Audience, roleMap: o.RoleMap, now: o.Now}
	for _, typ := range o.Types {
		if isNoLine(typ) {
			return nil, refuse(BadType, fault.Params{"given": typ})
		}
		r.types = append(r.types, mediaType(typ))
	}
	if r.types == nil {
		r.types = []string{DefaultType}
	}
	var err, err2 error
	r.roles, err = parsePointer(cmp.Or(o.Roles, DefaultRoles))
	r.groups, err2 = parsePointer(cmp.Or(o.Groups, DefaultGroups))
	return r, cmp.Or(err, err2)
}

// The defaults of Options. The names of the claims are those of RFC 9068, section 2.2.3.1.
const (
	DefaultType   = "at+jwt"
	DefaultRoles  = "/roles"
	DefaultGroups = "/groups"
)

func isNoLine(s string) bool { return !isSingleLine(s) }

// issuer verifies the tokens of one issuer.
type issuer struct {
	Issuer
	*rules
	keys      *keySet
	find      keyfunc.Keyfunc
	parser    *jwt.Parser
	validator *jwt.Validator
}

// leeway is how far the clock of an issuer may differ from that of this machine.
const leeway = 30 * time.Second

func newIssuer(i Issuer, r *rules, keys *keySet) *issuer {
	options := []jwt.ParserOption{
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(i.URL), jwt.WithAudience(r.audience...),
		jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(r.now), jwt.WithStrictDecoding(),
	}
	find, _ := keyfunc.New(keyfunc.Options{Storage: keys}) // it fails only without a storage
	return &issuer{
		Issuer: i, rules: r, keys: keys, find: find,
		parser: jwt.NewParser(options...), validator: jwt.NewValidator(options...),
	}
}

// verify returns the principal of a token. It checks everything else before the signature, so that no token that would
// be refused anyway makes it fetch keys.
func (i *issuer) verify(ctx context.Context, t *unverified) (access.Principal, error) {
	p, err := i.check(t)
	if err != nil {
		return access.Principal{}, err
	}
	if err := i.checkSignature(ctx, t); err != nil {
		return access.Principal{}, err
	}
	return p, nil
}

// check checks everything but the signature of a token, and returns the principal that it describes.
func (i *issuer) check(t *unverified) (access.Principal, error) {
	if !slices.Contains(i.types, t.typ) {
		return access.Principal{}, invalid("the type %.255q is none of %q", t.typ, i.types)
	}
	if err := i.validator.Validate(t.claims); err != nil {
		return access.Principal{}, invalid("%w", err)
	}
	return i.principal(t.claims)
}

// checkSignature checks the signature of a token, and once more what the library checks of the claims.
func (i *issuer) checkSignature(ctx context.Context, t *unverified) error {
	seen := i.keys.generation()
	_, err := i.parser.ParseWithClaims(t.text, t.claims, i.find.KeyfuncCtx(ctx))
	if !t.hasKID && errors.Is(err, jwt.ErrTokenSignatureInvalid) && i.keys.refetch(ctx, seen) {
		// A token does not need to name its key. If none of the keys fits, there may be a new one.
		_, err = i.parser.ParseWithClaims(t.text, t.claims, i.find.KeyfuncCtx(ctx))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errKeysUnavailable):
		return fault.New(fault.Unavailable, access.Unavailable, nil).Because(err)
	case errors.Is(err, jwkset.ErrKeyNotFound):
		return fmt.Errorf("%w: %w", access.ErrUnknownKey, err)
	}
	return invalid("%w", err)
}

// principal returns the principal that the claims describe.
func (i *issuer) principal(c *claims) (access.Principal, error) {
	p := access.Principal{
		ID: i.Alias + ":" + c.subject, Name: nameOf(c.all.Get("name")), Issuer: i.URL, Via: access.ViaOIDC,
		Expires: c.expires.Time,
	}
	if !isIdentifier(c.subject) || isNoLine(p.ID) {
		return p, invalid("the subject is not a single line of visible characters, or too long")
	}
	roles, err := i.roles.names(c.all)
	if err != nil {
		return p, err
	}
	groups, err := i.groups.names(c.all)
	if err != nil {
		return p, err
	}
	p.Roles = i.roleMap.roles(roles, groups)
	for _, g := range groups {
		if isSingleLine(g) {
			p.Groups = append(p.Groups, strings.Clone(g))
		}
	}
	p.Agent, err = readAgent(i.URL, c.all.Get("act"))
	return p, err
}
