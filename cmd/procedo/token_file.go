package main

import (
	"context"
	"io"
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
func (f tokenFlag) credentials(actor string) (procedo.Option, error) {
	if !f.hasToken() {
		return procedo.WithActor(actor), nil
	}
	if _, err := f.token(); err != nil {
		return nil, err
	}
	return procedo.WithToken(func(context.Context) (string, error) { return f.token() }), nil
}

// hasToken reports whether there is a token.
func (f tokenFlag) hasToken() bool { return f.TokenFile != "" || os.Getenv(tokenVariable) != "" }

// token returns the token. The file is read each time, because another program may renew it.
func (f tokenFlag) token() (string, error) {
	text, from := os.Getenv(tokenVariable), tokenVariable
	if f.TokenFile != "" {
		data, err := readStart(f.TokenFile, identity.MaxToken+maxTokenSpace)
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

// readStart returns at most the first n bytes of a file. The file may be a device that never ends.
func readStart(name string, n int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, n))
}

// checkActor returns an error if the command line names an actor beside a token, which says who acts.
func (f tokenFlag) checkActor(given, byDefault actor) error {
	if given != byDefault && f.hasToken() {
		return failure("token_actor", nil)
	}
	return nil
}
