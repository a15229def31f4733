package identity_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/tests/issuer"
)

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// options returns the settings that accept the tokens of an issuer.
func options(i *issuer.Issuer) identity.Options {
	return identity.Options{
		Issuers: []identity.Issuer{{Alias: "corp", URL: i.URL}}, Audience: []string{issuer.Audience}, Client: i.Client(),
	}
}

// open returns an Authenticator that is closed at the end of the test.
func open(t testing.TB, o identity.Options) *identity.Authenticator {
	t.Helper()
	a, err := identity.New(o)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

// accept requires that a token is accepted, and returns its principal.
func accept(t testing.TB, a *identity.Authenticator, token string) access.Principal {
	t.Helper()
	p, err := a.Authenticate(t.Context(), token)
	require.NoError(t, err)
	return p
}

// refuse requires that a token is refused like any other.
func refuse(t testing.TB, a *identity.Authenticator, token string) {
	t.Helper()
	p, err := a.Authenticate(t.Context(), token)
	require.ErrorIs(t, err, access.ErrInvalidToken)
	require.Equal(t, access.Principal{}, p)
}

// unavailable requires that a token cannot be verified now.
func unavailable(t testing.TB, a *identity.Authenticator, token string) {
	t.Helper()
	_, err := a.Authenticate(t.Context(), token)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.Equal(t, "auth.unavailable", fault.From(err).Code)
	require.NotErrorIs(t, err, access.ErrInvalidToken)
}

func TestATokenNamesTheActorOfItsIssuer(t *testing.T) {
	i := issuer.New(t)
	exp := time.Now().Add(5 * time.Minute).Truncate(time.Second).UTC()
	p := accept(t, open(t, options(i)), i.Token(issuer.Claims{
		"exp": exp.Unix(), "roles": []string{"operator", "auditor", "other"}, "groups": []string{"qa", "a\nb", "ops"},
	}))
	require.Equal(t, access.Principal{
		ID: "corp:ann", Name: "Ann Example", Issuer: i.URL, Via: access.ViaOIDC, Expires: exp,
		Roles: access.RolesOf(access.Operator, access.Auditor), Groups: []string{"qa", "ops"},
	}, p)
}

func TestEachAcceptedAlgorithmVerifies(t *testing.T) {
	for _, method := range []jwt.SigningMethod{
		jwt.SigningMethodES256, jwt.SigningMethodRS256, jwt.SigningMethodPS256, jwt.SigningMethodEdDSA,
	} {
		i := issuer.New(t)
		i.Sign(method)
		accept(t, open(t, options(i)), i.Token(nil))
		for _, other := range []string{"ES256", "RS256", "PS256", "EdDSA", "HS256", "none"} {
			if other != method.Alg() {
				refuse(t, open(t, options(i)), i.Signed(i.Header(issuer.Claims{"alg": other}), i.Claims(nil)))
			}
		}
	}
	i := issuer.New(t)
	i.Sign(jwt.SigningMethodES384)
	unavailable(t, open(t, options(i)), i.Signed(i.Header(issuer.Claims{"alg": "ES256"}), i.Claims(nil)))
}

// A key that does not name its algorithm could also verify others, whose signatures are good.
func TestAGoodSignatureOfAnotherAlgorithmIsRefused(t *testing.T) {
	for _, method := range []jwt.SigningMethod{
		jwt.SigningMethodRS384, jwt.SigningMethodRS512, jwt.SigningMethodPS384, jwt.SigningMethodPS512,
	} {
		i := issuer.New(t)
		i.Sign(method)
		i.HideAlgorithms()
		refuse(t, open(t, options(i)), i.Token(nil))
	}
	i := issuer.New(t)
	i.Sign(jwt.SigningMethodRS256)
	i.HideAlgorithms()
	accept(t, open(t, options(i)), i.Token(nil))
}

func TestEveryHostileTokenIsRefusedWithOneErrorAndItsCause(t *testing.T) {
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodES256, jwt.SigningMethodRS256} {
		i := issuer.New(t)
		i.Sign(method)
		known := open(t, options(i))
		accept(t, known, i.Token(nil))
		for name, token := range i.Hostile() {
			for _, a := range []*identity.Authenticator{known, open(t, options(i))} {
				_, err := a.Authenticate(t.Context(), token)
				require.ErrorIs(t, err, access.ErrInvalidToken, name)
				require.Greater(t, len(err.Error()), len(access.ErrInvalidToken.Error())+2, name)
				if len(token) > 20 {
					require.NotContains(t, err.Error(), token[len(token)/2:], name)
				}
			}
		}
		accept(t, known, i.Token(nil))
	}
}

func TestAHostileTokenIsRefusedAlsoIfTheIssuerIsDown(t *testing.T) {
	i := issuer.New(t)
	i.SetDown(true)
	a := open(t, options(i))
	for _, name := range []string{"the algorithm none", "expired", "another audience", "crit", "a claim twice", "jku"} {
		refuse(t, a, i.Hostile()[name])
	}
	require.Zero(t, i.Documents()+i.Fetches(), "nothing is fetched for a token that would be refused anyway")
}

func TestALeewayOfHalfAMinuteIsGranted(t *testing.T) {
	i := issuer.New(t)
	a := open(t, options(i))
	require.Equal(t, 30*time.Second, identity.Leeway, "as docs/security.md says")
	now, slack := time.Now(), identity.Leeway-5*time.Second
	accept(t, a, i.Token(issuer.Claims{"exp": now.Add(-slack).Unix()}))
	accept(t, a, i.Token(issuer.Claims{"nbf": now.Add(slack).Unix()}))
	accept(t, a, i.Token(issuer.Claims{"exp": float64(now.Unix()) + 60.5}))
	refuse(t, a, i.Token(issuer.Claims{"exp": now.Add(-slack - 10*time.Second).Unix()}))
	refuse(t, a, i.Token(issuer.Claims{"nbf": now.Add(slack + 10*time.Second).Unix()}))
}

func TestTheTypesOfTokensAreASetting(t *testing.T) {
	i := issuer.New(t)
	of := func(typ string) string { return i.Signed(i.Header(issuer.Claims{"typ": typ}), i.Claims(nil)) }
	a := open(t, options(i))
	for _, typ := range []string{"at+jwt", "AT+JWT", "application/at+jwt"} {
		accept(t, a, of(typ))
	}
	refuse(t, a, of("JWT"))
	o := options(i)
	o.Types = []string{"JWT", "at+jwt"}
	a = open(t, o)
	accept(t, a, of("JWT"))
	accept(t, a, of("at+jwt"))
	refuse(t, a, of("logout+jwt"))
}

func TestTheAudienceMayBeOneOfSeveral(t *testing.T) {
	i := issuer.New(t)
	o := options(i)
	o.Audience = []string{"a", "b"}
	a := open(t, o)
	accept(t, a, i.Token(issuer.Claims{"aud": "b"}))
	accept(t, a, i.Token(issuer.Claims{"aud": []string{"x", "a"}}))
	refuse(t, a, i.Token(issuer.Claims{"aud": []string{"x", "y"}}))
}

func TestTheNameIsOneLineOfAtMost255Bytes(t *testing.T) {
	i := issuer.New(t)
	a := open(t, options(i))
	for given, want := range map[any]string{
		"Ann\nExample\u2028II": "Ann Example II", " \u200b ": "", 7: "", nil: "", "Ünï ✓": "Ünï ✓",
		strings.Repeat("é", 200): strings.Repeat("é", 127), "Ann\u202e elpmaxE\u2066": "Ann elpmaxE",
		"An\u200bn\u00adie\ufeff": "Annie", "A\u00a0B\u3000C": "A B C", "علی\u200cرضا": "علی\u200cرضا",
	} {
		require.Equal(t, want, accept(t, a, i.Token(issuer.Claims{"name": given})).Name)
	}
	const room = 255 - len("corp:")
	require.Len(t, accept(t, a, i.Token(issuer.Claims{"sub": strings.Repeat("s", room)})).ID, 255)
	refuse(t, a, i.Token(issuer.Claims{"sub": strings.Repeat("s", room+1)}))
}

func TestAnAgentActsForThePerson(t *testing.T) {
	i := issuer.New(t)
	a := open(t, options(i))
	p := accept(t, a, i.Token(issuer.Claims{"act": issuer.Acts("bot")}))
	require.Equal(t, "corp:ann", p.ID)
	require.Equal(t, &access.Agent{Issuer: i.URL, Subject: "bot"}, p.Agent)
	act := issuer.Acts("bot", "planner", "desk", "x").With(issuer.Claims{"iss": "https://other.test", "name": "Bo\tt"})
	p = accept(t, a, i.Token(issuer.Claims{"act": act}))
	require.Equal(t, &access.Agent{
		Issuer: "https://other.test", Subject: "bot", Name: "Bo t", Chain: []string{"planner", "desk", "x"},
	}, p.Agent)
}

func TestSeveralIssuersAreToldApartByTheirAlias(t *testing.T) {
	first, second := issuer.New(t), issuer.New(t)
	o := options(first)
	o.Issuers = append(o.Issuers, identity.Issuer{Alias: "partner", URL: second.URL})
	a := open(t, o)
	require.Equal(t, "corp:ann", accept(t, a, first.Token(nil)).ID)
	require.Equal(t, "partner:ann", accept(t, a, second.Token(nil)).ID)
	refuse(t, a, first.Token(issuer.Claims{"iss": second.URL}))
	second.SetDown(true)
	accept(t, a, first.Token(issuer.Claims{"sub": "bob"}))
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	i := issuer.New(t)
	for name, c := range map[string]struct {
		change func(o *identity.Options)
		reason string
	}{
		"a reserved alias":     {func(o *identity.Options) { o.Issuers[0].Alias = "token" }, identity.BadAlias},
		"the system's alias":   {func(o *identity.Options) { o.Issuers[0].Alias = "system" }, identity.BadAlias},
		"the agents' alias":    {func(o *identity.Options) { o.Issuers[0].Alias = "agent" }, identity.BadAlias},
		"an alias in capitals": {func(o *identity.Options) { o.Issuers[0].Alias = "Corp" }, identity.BadAlias},
		"an alias with colon":  {func(o *identity.Options) { o.Issuers[0].Alias = "a:b" }, identity.BadAlias},
		"no alias":             {func(o *identity.Options) { o.Issuers[0].Alias = "" }, identity.BadAlias},
		"a long alias":         {func(o *identity.Options) { o.Issuers[0].Alias = strings.Repeat("a", 33) }, identity.BadAlias},
		"plain HTTP":           {func(o *identity.Options) { o.Issuers[0].URL = "http://login.example.com" }, identity.BadIssuer},
		"no URL":               {func(o *identity.Options) { o.Issuers[0].URL = "" }, identity.BadIssuer},
		"a URL with a query":   {func(o *identity.Options) { o.Issuers[0].URL = "https://a.example/?x=1" }, identity.BadIssuer},
		"a URL with a user":    {func(o *identity.Options) { o.Issuers[0].URL = "https://u:p@a.example" }, identity.BadIssuer},
		"a relative URL":       {func(o *identity.Options) { o.Issuers[0].URL = "/issuer" }, identity.BadIssuer},
		"another scheme":       {func(o *identity.Options) { o.Issuers[0].URL = "file:///etc" }, identity.BadIssuer},
		"no audience":          {func(o *identity.Options) { o.Audience = nil }, identity.MissingAudience},
		"a blank audience":     {func(o *identity.Options) { o.Audience = []string{" "} }, identity.MissingAudience},
		"a blank type":         {func(o *identity.Options) { o.Types = []string{""} }, identity.BadType},
		"roles, no pointer":    {func(o *identity.Options) { o.Roles = "roles" }, identity.BadPointer},
		"groups, no pointer":   {func(o *identity.Options) { o.Groups = "/a~2b" }, identity.BadPointer},
		"one alias twice": {func(o *identity.Options) {
			o.Issuers = append(o.Issuers, identity.Issuer{Alias: "corp", URL: "https://a.example"})
		}, identity.DuplicateIssuer},
		"one URL twice": {func(o *identity.Options) {
			o.Issuers = append(o.Issuers, identity.Issuer{Alias: "other", URL: i.URL})
		}, identity.DuplicateIssuer},
	} {
		o := options(i)
		c.change(&o)
		_, err := identity.New(o)
		var bad *identity.Error
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, c.reason, bad.Reason, name)
	}
}

func TestClosingEndsEverythingInTheBackground(t *testing.T) {
	i := issuer.New(t)
	a, err := identity.New(options(i))
	require.NoError(t, err)
	release := i.Hold()
	defer release()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	_, err = a.Authenticate(ctx, i.Token(nil))
	require.True(t, fault.Is(err, fault.Unavailable), "the fetch goes on without the request")
	a.Close() // it would not return as long as the fetch waits
	unavailable(t, a, i.Token(nil))
}
