package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/jsondoc"
)

// provider is the issuer in its role towards a client.
type provider struct {
	settings Settings
	client   *http.Client
	now      func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	known  *metadata
	until  time.Time // when known must be read again
}

// metadata is what the document of the issuer says.
type metadata struct {
	authorize, token string
	revoke, logout   string // empty: the issuer has none
	namesItself      bool   // in its responses (RFC 9207)
	style            oauth2.AuthStyle
}

const metadataLife = time.Hour

// metadata returns what the document of the issuer says. If it cannot be read again, the one before stays in force.
func (p *provider) metadata(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	known, fresh := p.known, p.now().Before(p.until)
	p.mu.Unlock()
	if known != nil && fresh {
		return known, nil
	}
	// Others may wait for the same answer, so it does not end with this request. The client has a timeout.
	reading := p.flight.DoChan("", func() (any, error) { return p.read(context.WithoutCancel(ctx)) })
	var err error
	select {
	case read := <-reading:
		if m, ok := read.Val.(*metadata); ok && read.Err == nil {
			return m, nil
		}
		err = read.Err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if known != nil {
		return known, nil
	}
	return nil, refuse(Unavailable, "the document of the issuer: %w", err)
}

func (p *provider) read(ctx context.Context) (*metadata, error) {
	document, err := discovery.Read(ctx, p.client, p.settings.Issuer)
	if err != nil {
		return nil, err
	}
	m := &metadata{style: p.style(document)}
	names := document.Get("authorization_response_iss_parameter_supported")
	m.namesItself = names != nil && names.Kind == jsondoc.Bool && names.Bool
	var failed [4]error
	m.authorize, failed[0] = document.Need("authorization_endpoint")
	m.token, failed[1] = document.Need("token_endpoint")
	m.revoke, failed[2] = document.Address("revocation_endpoint")
	m.logout, failed[3] = document.Address("end_session_endpoint")
	if err := errors.Join(failed[:]...); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known, p.until = m, p.now().Add(metadataLife)
	return m, nil
}

// style returns how the client shows its secret. It is not tried out, because a code works only once.
func (p *provider) style(document discovery.Document) oauth2.AuthStyle {
	if p.settings.ClientSecret == "" {
		return oauth2.AuthStyleInParams // the client id alone
	}
	methods := document.Get("token_endpoint_auth_methods_supported")
	if methods == nil {
		return oauth2.AuthStyleInHeader // the default of OpenID Connect Discovery
	}
	style := oauth2.AuthStyleInParams
	for _, method := range methods.Items {
		if method.Kind == jsondoc.String && method.Text == "client_secret_basic" {
			style = oauth2.AuthStyleInHeader
		}
	}
	return style
}

// config returns the settings of the client in the form of the library.
func (p *provider) config(m *metadata) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Scopes: p.settings.Scopes,
		RedirectURL: p.settings.at(MountPath + strings.TrimPrefix(callbackPath, "/")),
		Endpoint:    oauth2.Endpoint{AuthURL: m.authorize, TokenURL: m.token, AuthStyle: m.style},
	}
}

// with adds the resource to the parameters of a request.
func (p *provider) with(options ...oauth2.AuthCodeOption) []oauth2.AuthCodeOption {
	if resource := p.settings.resource(); resource != "" {
		options = append(options, oauth2.SetAuthURLParam("resource", resource))
	}
	return options
}

// loginURL returns where a browser is sent to log in.
func (p *provider) loginURL(m *metadata, state, verifier string) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if slices.Contains(p.settings.Scopes, "offline_access") { // OpenID Connect Core, section 11, demands it
		options = append(options, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	return p.config(m).AuthCodeURL(state, p.with(options...)...)
}

// exchange returns the tokens for a code.
func (p *provider) exchange(ctx context.Context, m *metadata, code, verifier string) (*oauth2.Token, error) {
	return p.ask(ctx, p.config(m), code, oauth2.VerifierOption(verifier))
}

// renew returns new tokens for a refresh token. If the issuer gives no new refresh token, the old one stays.
func (p *provider) renew(ctx context.Context, m *metadata, refresh string) (*oauth2.Token, error) {
	config := p.config(m)
	config.RedirectURL = ""
	// The library renews tokens without further parameters, such as the resource. An empty code counts as none (RFC
	// 6749, section 3.2).
	return p.ask(ctx, config, "", oauth2.SetAuthURLParam("grant_type", "refresh_token"),
		oauth2.SetAuthURLParam("refresh_token", refresh))
}

// errGrant is the cause of a refusal because a code or a refresh token is not valid.
var errGrant = errors.New("invalid_grant")

// errPerson is the cause of a refusal because the person must do something at the issuer, or may not sign in.
var errPerson = errors.New("the person must sign in again")

// ofPerson are the errors that say so: of RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6. Some
// issuers answer with them also where only the errors of RFC 6749, section 5.2, are provided for.
var ofPerson = []string{
	"access_denied", "account_selection_required", "consent_required", "interaction_required", "login_required",
}

func (p *provider) ask(
	ctx context.Context, config *oauth2.Config, code string, options ...oauth2.AuthCodeOption,
) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, p.client)
	t, err := config.Exchange(ctx, code, p.with(options...)...)
	var refused *oauth2.RetrieveError
	var network *url.Error
	switch {
	case err == nil && !strings.EqualFold(t.Type(), "Bearer"):
		return nil, refuse(Unreadable, "a token of the type %.40q", t.TokenType)
	case err == nil:
		return t, nil
	case errors.As(err, &refused) && refused.ErrorCode == errGrant.Error():
		return nil, refuse(Lost, "%w: %.255q", errGrant, refused.ErrorDescription)
	case errors.As(err, &refused) && slices.Contains(ofPerson, refused.ErrorCode):
		return nil, refuse(Denied, "%w: %s: %.255q", errPerson, refused.ErrorCode, refused.ErrorDescription)
	case errors.As(err, &refused):
		reason := Unreadable
		if refused.Response.StatusCode >= http.StatusInternalServerError ||
			refused.Response.StatusCode == http.StatusTooManyRequests {
			reason = Unavailable
		}
		return nil, refuse(reason, "the issuer answers %d %.80q: %.255q", refused.Response.StatusCode, refused.ErrorCode,
			refused.ErrorDescription)
	case errors.As(err, &network), ctx.Err() != nil:
		return nil, refuse(Unavailable, "%w", err)
	}
	// The text of the library may quote a part of the answer, which may be a token.
	return nil, refuse(Unreadable, "the issuer’s answer cannot be read, or holds no access token (%T)", err)
}

// revoke asks the issuer to end what a refresh token stands for (RFC 7009), if it can do that.
func (p *provider) revoke(ctx context.Context, m *metadata, refresh string) error {
	if m.revoke == "" {
		return nil
	}
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	if m.style == oauth2.AuthStyleInParams {
		form.Set("client_id", p.settings.ClientID)
		if p.settings.ClientSecret != "" {
			form.Set("client_secret", p.settings.ClientSecret)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.revoke, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if m.style == oauth2.AuthStyleInHeader { // encoded as RFC 6749, section 2.3.1, demands
		r.SetBasicAuth(url.QueryEscape(p.settings.ClientID), url.QueryEscape(p.settings.ClientSecret))
	}
	response, err := p.client.Do(r)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", response.StatusCode)
	}
	return errors.Join(err, response.Body.Close())
}

// logoutURL returns where a browser is sent to end the session at the issuer as well (OpenID Connect RP-Initiated
// Logout), or an empty string if the issuer has no such page.
func (p *provider) logoutURL(m *metadata) string {
	if m.logout == "" {
		return ""
	}
	u, err := url.Parse(m.logout)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.settings.ClientID)
	query.Set("post_logout_redirect_uri", p.settings.at(consolePath))
	u.RawQuery = query.Encode()
	return u.String()
}
