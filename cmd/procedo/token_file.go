package main

import (
	"context"
	"os"
	"strings"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// tokenFlag names the file with the token that is sent to --server. PROCEDO_TOKEN can hold the token instead. No flag
// holds the token itself, because other users of the machine can see command lines.
type tokenFlag struct {
	TokenFile string `type:"existingfile" help:"File with the token for --server." placeholder:"FILE"`
}

// credentials returns how a client says who acts: by the token or, without one, by the actor.
func (f tokenFlag) credentials(ctx context.Context, actor string) (procedo.Option, error) {
	if !f.hasToken() {
		return procedo.WithActor(actor), nil
	}
	if _, err := f.token(ctx); err != nil {
		return nil, err
	}
	return procedo.WithToken(f.token), nil
}

// hasToken reports whether there is a token.
func (f tokenFlag) hasToken() bool { return f.TokenFile != "" || os.Getenv(tokenVariable) != "" }

// token returns the token. The file is read each time, because another program may renew it.
func (f tokenFlag) token(ctx context.Context) (string, error) {
	text, from := os.Getenv(tokenVariable), tokenVariable
	if f.TokenFile != "" {
		data, err := readStart(ctx, f.TokenFile, identity.MaxToken+maxTokenSpace)
		if err != nil {
			return "", err
		}
		text, from = string(data), f.TokenFile
	}
	text = strings.TrimSpace(text)
	if text == "" || len(text) > identity.MaxToken || strings.ContainsFunc(text, isNotOfToken) {
		return "", failure("token_text", fault.Params{"from": from, "max": identity.MaxToken})
	}
	return text, nil
}

// maxTokenSpace is the room for white space around a token in its file, in bytes.
const maxTokenSpace = 1 << 10

// isNotOfToken reports whether no token has the character: tokens consist of visible ASCII characters.
func isNotOfToken(r rune) bool { return r <= ' ' || r >= '\u007f' }

// checkActor returns an error if the command line names an actor beside a token, which says who acts.
func (f tokenFlag) checkActor(given, byDefault actor) error {
	if given != byDefault && f.hasToken() {
		return failure("token_actor", nil)
	}
	return nil
}
