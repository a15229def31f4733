package login

import (
	"net/http"

	"golang.org/x/oauth2"
)

// begin handles GET /auth/login: it sends the browser to the issuer.
func (l *Login) begin(w http.ResponseWriter, r *http.Request) error {
	a := attempt{
		Verifier: oauth2.GenerateVerifier(), Return: returnPath(r.URL.Query().Get("return")),
		Until: l.now().Add(attemptLife),
	}
	m, err := l.provider.metadata(r.Context())
	if err != nil {
		l.logRefusal(w, r, err)
		return refusalOf(err, a.Return)
	}
	state := encode(newSecret())
	if err := l.setAttempt(w, r, state, a); err != nil {
		return err
	}
	redirect(w, l.provider.loginURL(m, state, a.Verifier))
	return nil
}

// redirect sends the browser to another address.
func redirect(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
