package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	issuerAlias    = "bench"
	issuerAudience = "https://procedo.bench"
	issuerKey      = "key-1"
)

// startIssuer starts an OpenID Connect issuer, which runs until ctx is done. It returns the issuer's URL and a token
// with the role operator.
func startIssuer(ctx context.Context) (url, token string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	url = "http://" + listener.Addr().String()
	public, err := key.PublicKey.Bytes() // 4, then both coordinates
	if err != nil {
		return "", "", err
	}
	coordinate := base64.RawURLEncoding.EncodeToString
	documents := map[string]any{
		"/.well-known/openid-configuration": map[string]any{"issuer": url, "jwks_uri": url + "/keys"},
		"/keys": map[string]any{"keys": []any{map[string]any{
			"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": issuerKey,
			"x": coordinate(public[1:33]), "y": coordinate(public[33:]),
		}}},
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(documents[r.URL.Path])
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
	now := time.Now()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": url, "aud": issuerAudience, "sub": "reader", "name": "A Reader", "roles": []string{"operator"},
		"iat": now.Unix(), "exp": now.Add(24 * time.Hour).Unix(),
	})
	unsigned.Header["typ"], unsigned.Header["kid"] = "at+jwt", issuerKey
	token, err = unsigned.SignedString(key)
	return url, token, err
}

// tokenJob returns the hot read of a run by a caller with a token, from a server that authenticates and uses the same
// database as the server without authentication.
func (b *bench) tokenJob(ctx context.Context, run string) (job, error) {
	url, token, err := startIssuer(ctx)
	if err != nil {
		return job{}, err
	}
	database := b.postgres.url(databaseOf("postgres"))
	s, err := b.procedoWith(
		ctx, "token", database, "--oidc-issuer", issuerAlias+"="+url, "--oidc-audience", issuerAudience, "--secrets-in-clear",
	)
	if err != nil {
		return job{}, err
	}
	c := newClient(readers, s.base)
	c.token = token
	return job{"read@16 run", s, readers, reads(c, "/runs/"+run)}, nil
}
