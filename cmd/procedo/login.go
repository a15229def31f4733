package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/adapters/secrets"
)

// loginFlags say how people sign in to the console where callers are authenticated.
type loginFlags struct {
	OIDCClientID         string   `name:"oidc-client-id" help:"Client of the console at the first --oidc-issuer; it offers the console to those who sign in." placeholder:"NAME"`
	OIDCClientSecretFile string   `name:"oidc-client-secret-file" type:"existingfile" help:"File with the secret of that client; a public client has none." placeholder:"FILE"`
	OIDCScope            []string `name:"oidc-scope" sep:" " default:"openid profile" help:"Scope that the console asks for; repeatable." placeholder:"NAME"`
	PublicURL            string   `name:"public-url" help:"URL under which browsers reach the server: HTTPS, or on this machine." placeholder:"URL"`
}

// signsIn reports whether people can sign in to the console.
func (f loginFlags) signsIn() bool { return f.OIDCClientID != "" }

// loginSettings returns the settings of the login. They are empty if people cannot sign in.
func (c serveCmd) loginSettings(ctx context.Context) (login.Settings, error) {
	s := login.Settings{
		ClientID: c.OIDCClientID, PublicURL: c.PublicURL, Scopes: c.OIDCScope, Audience: c.OIDCAudience,
	}
	if issuers := c.issuerURLs(); len(issuers) > 0 {
		s.Issuer = issuers[0]
	}
	if c.OIDCClientSecretFile != "" {
		text, err := readInput(ctx, c.OIDCClientSecretFile)
		if err != nil {
			return s, err
		}
		const most = 4 << 10
		s.ClientSecret = strings.TrimRight(string(text), "\r\n")
		if s.ClientSecret == "" || len(s.ClientSecret) > most {
			return s, loginFailure(&login.Error{Reason: login.BadSecret})
		}
	}
	return s, loginFailure(s.Check())
}

// loginFailure returns an error of package login in the language of the terminal.
func loginFailure(err error) error {
	var bad *login.Error
	if errors.As(err, &bad) {
		return failure("login_"+bad.Reason, withoutSecrets(bad.Params))
	}
	return err
}

// publicHost returns the host of the public URL with its port, or an empty string.
func (f loginFlags) publicHost() string {
	u, err := login.PublicAddress(f.PublicURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// addLogin adds the login to the settings of the server, if people can sign in to the console.
func (c serveCmd) addLogin(
	ctx context.Context, config *httpadapter.Config, w *wired, tokens *identity.Authenticator, key []byte, log *slog.Logger,
) error {
	if !c.signsIn() || !c.Console {
		return nil
	}
	settings, err := c.loginSettings(ctx)
	if err != nil {
		return err
	}
	public, err := login.PublicAddress(c.PublicURL)
	if err != nil {
		return loginFailure(err)
	}
	options := login.Options{Settings: settings, Authenticator: tokens, Store: w.sessions, Key: key, Log: log}
	if keyset, ok := w.secrets.(*secrets.Keyset); ok {
		options.Secrets = keyset
	}
	l, err := login.New(options)
	if err != nil {
		return err
	}
	config.Sessions, config.Origin = l, public.Scheme+"://"+public.Host
	config.Mounts = map[string]httpadapter.Mount{login.MountPath: {Serve: l.Serve, Methods: l.Methods}}
	return nil
}

var _ httpadapter.Sessions = (*login.Login)(nil)
