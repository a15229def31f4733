package mcp

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
)

// caller says how texts for the client of a request are written.
type caller struct {
	language string // for Accept-Language
	locale   i18n.Locale
}

type callerKey struct{}

func withCaller(ctx context.Context, language string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller{language, i18n.Accept(language)})
}

func callerOf(ctx context.Context) caller {
	if c, ok := ctx.Value(callerKey{}).(caller); ok {
		return c
	}
	return caller{locale: i18n.Accept("")}
}

// asking sends requests to the API. It asks for texts in the language of the caller, and for numbers as strings: many
// clients read JSON numbers as floats and lose digits.
type asking struct{ next client.HttpRequestDoer }

// Do sends a request.
func (a asking) Do(r *http.Request) (*http.Response, error) {
	if language := callerOf(r.Context()).language; language != "" {
		r.Header.Set("Accept-Language", language)
	}
	r.Header.Set("Prefer", "numbers=string")
	return a.next.Do(r)
}
