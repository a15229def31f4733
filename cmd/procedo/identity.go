package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/terminal"
)

// identityFlags say whose tokens the server accepts. It authenticates its callers as soon as there is an issuer or a
// token file.
type identityFlags struct {
	OIDCIssuer      []string `name:"oidc-issuer" sep:" " help:"OpenID Connect issuer whose tokens are accepted; repeatable." placeholder:"ALIAS=URL"`
	OIDCAudience    []string `name:"oidc-audience" sep:" " help:"Name of this service in the tokens (aud); repeatable." placeholder:"NAME"`
	OIDCTyp         []string `name:"oidc-typ" default:"at+jwt" help:"Accepted type of tokens (typ); repeatable." placeholder:"TYPE"`
	OIDCRolesClaim  string   `name:"oidc-roles-claim" default:"/roles" help:"JSON pointer to the roles in a token." placeholder:"POINTER"`
	OIDCGroupsClaim string   `name:"oidc-groups-claim" default:"/groups" help:"JSON pointer to the groups in a token." placeholder:"POINTER"`
	Role            []string `sep:";" help:"Role that these roles or groups of a token stand for; repeatable." placeholder:"ROLE=NAME,…"`
	Tokens          string   `type:"existingfile" help:"File with the API tokens; see procedo token." placeholder:"FILE"`
}

// authenticates reports whether the server authenticates its callers.
func (f identityFlags) authenticates() bool { return len(f.OIDCIssuer) > 0 || f.Tokens != "" }

// authenticator returns what verifies the tokens of callers, or nil if the server does not authenticate them. It must
// be closed.
func (f identityFlags) authenticator(ctx context.Context, log *slog.Logger) (*identity.Authenticator, error) {
	if len(f.OIDCIssuer) == 0 && len(f.OIDCAudience)+len(f.Role) > 0 {
		return nil, identityFailure(&identity.Error{Reason: identity.NeedsIssuer})
	}
	if !f.authenticates() {
		return nil, nil
	}
	roleMap, err := identity.ParseRoleMap(f.Role)
	if err != nil {
		return nil, identityFailure(err)
	}
	issuers := make([]identity.Issuer, len(f.OIDCIssuer))
	for i, entry := range f.OIDCIssuer {
		if issuers[i], err = identity.ParseIssuer(entry); err != nil {
			return nil, identityFailure(err)
		}
	}
	options := identity.Options{
		Issuers: issuers, Audience: f.OIDCAudience, Types: f.OIDCTyp, Roles: f.OIDCRolesClaim, Groups: f.OIDCGroupsClaim,
		RoleMap: roleMap, TokenFile: f.Tokens, Log: log,
	}
	//nolint:contextcheck // fetches of keys end when it is closed
	a, err := await(ctx, func() (*identity.Authenticator, error) { return identity.New(options) })
	if err != nil {
		return nil, identityFailure(err)
	}
	return a, nil
}

// issuerURLs returns the URLs of the issuers.
func (f identityFlags) issuerURLs() (urls []string) {
	for _, entry := range f.OIDCIssuer {
		if _, url, ok := strings.Cut(entry, "="); ok {
			urls = append(urls, url)
		}
	}
	return urls
}

// checkIdentity returns an error if a flag, or the token file, is not valid.
func (f identityFlags) checkIdentity(ctx context.Context) error {
	a, err := f.authenticator(ctx, slog.New(slog.DiscardHandler))
	if a != nil {
		a.Close()
	}
	return err
}

// identityFailure returns an error of package identity in the language of the terminal.
func identityFailure(err error) error { return identityFailureIn(terminalLocale(), err) }

// identityFailureIn returns an error of package identity in a language.
func identityFailureIn(l i18n.Locale, err error) error {
	var bad *identity.Error
	if errors.As(err, &bad) {
		return errors.New(l.Text("command.identity_"+bad.Reason, terminal.OneLine(withoutSecrets(bad.Params))))
	}
	return err
}

// reloadTokens reads the token file again on SIGHUP, until ctx is done. It returns a function that waits for the end.
// Without a token file, the signal ends the process as usual.
func (f identityFlags) reloadTokens(ctx context.Context, a *identity.Authenticator, log *slog.Logger) (wait func()) {
	if a == nil || f.Tokens == "" {
		return func() {}
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				if err := a.Reload(); err != nil {
					log.ErrorContext(ctx, "the token file cannot be read; the tokens that were read before stay in force",
						"file", f.Tokens, "error", identityFailureIn(i18n.Accept("en"), err))
				}
			}
		}
	}()
	return func() { <-done }
}
