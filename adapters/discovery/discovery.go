// Package discovery reads the documents of OpenID Connect issuers.
package discovery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/procedo/procedo/core/jsondoc"
)

const (
	maxDocument  = 512 << 10 // bytes of a document of an issuer
	maxHeader    = 64 << 10  // bytes of the header of its answer
	maxRedirects = 3
	idleTime     = 30 * time.Second
)

// NewClient returns a client that follows redirects only to the same server. Its requests take at most the given time.
func NewClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxResponseHeaderBytes: maxHeader, IdleConnTimeout: idleTime,
			MaxIdleConnsPerHost: 1, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			from := via[0].URL
			if r.URL.Scheme != from.Scheme || r.URL.Host != from.Host || len(via) > maxRedirects {
				return errors.New("a redirect to another server, or too many")
			}
			return nil
		},
	}
}

// IsSecure reports whether nobody can change on the way what is fetched from a URL: it is HTTPS, or on this machine.
func IsSecure(u *url.URL) bool {
	if u.Hostname() == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// Document is the document of an issuer (OpenID Connect Discovery, section 3).
type Document struct {
	*jsondoc.Node
	address string
}

// Read fetches the document of an issuer.
func Read(ctx context.Context, client *http.Client, issuer string) (Document, error) {
	address := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	node, err := Get(ctx, client, address)
	if err != nil {
		return Document{}, err
	}
	if iss := node.Get("issuer"); iss == nil || iss.Kind != jsondoc.String || iss.Text != issuer {
		return Document{}, fmt.Errorf("%s: the document is of another issuer than %s", address, issuer)
	}
	return Document{node, address}, nil
}

// Address returns the URL that a member holds, and an empty one if there is no such member. It must be secure.
func (d Document) Address(member string) (string, error) {
	value := d.Get(member)
	if value == nil {
		return "", nil
	}
	if value.Kind != jsondoc.String {
		return "", fmt.Errorf("%s: %s is not a string", d.address, member)
	}
	if u, err := url.Parse(value.Text); err != nil || !IsSecure(u) || u.User != nil || u.Fragment != "" {
		return "", fmt.Errorf("%s: %s %.255q is not an HTTPS address", d.address, member, value.Text)
	}
	return strings.Clone(value.Text), nil // so that it does not keep the whole document
}

// Need is like Address, but returns an error if there is no such member.
func (d Document) Need(member string) (string, error) {
	address, err := d.Address(member)
	if err == nil && address == "" {
		err = fmt.Errorf("%s: no %s", d.address, member)
	}
	return address, err
}

// Get fetches a document, which must be a JSON object.
func Get(ctx context.Context, client *http.Client, address string) (*jsondoc.Node, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", address, response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("%s: more than %d bytes", address, maxDocument)
	}
	node, err := jsondoc.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	if node.Kind != jsondoc.Object {
		return nil, fmt.Errorf("%s: not a JSON object", address)
	}
	return node, nil
}
