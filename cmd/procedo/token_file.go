package main

import (
	"context"
	"os"
	"strings"

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
		data, err := os.ReadFile(f.TokenFile)
		if err != nil {
			return "", err
		}
		text, from = string(data), f.TokenFile
	}
	if text = strings.TrimSpace(text); text == "" || strings.ContainsAny(text, " \t\r\n") {
		return "", failure("token_text", fault.Params{"from": from})
	}
	return text, nil
}
