package torture

import (
	"context"
	"net/url"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// proxy is a toxiproxy before a server.
type proxy struct{ *toxiproxy.Proxy }

// startProxy starts a proxy before the server of a URL and returns the URL with the proxy's address.
func startProxy(t *testing.T, server string) (p *proxy, through string) {
	t.Helper()
	u, err := url.Parse(server)
	require.NoError(t, err)
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p = &proxy{toxiproxy.NewProxy(api, u.Host, "127.0.0.1:0", u.Host)}
	require.NoError(t, p.Start())
	t.Cleanup(p.Stop)
	u.Host = p.Listen
	return p, u.String()
}

// poison adds toxics, each as toxiproxy's API takes it.
func (p *proxy) poison(t *testing.T, toxics ...string) {
	t.Helper()
	for _, toxic := range toxics {
		_, err := p.Toxics.AddToxicJson(strings.NewReader(toxic))
		require.NoError(t, err)
	}
}

// heal removes all toxics.
func (p *proxy) heal() { p.Toxics.ResetToxics(context.Background()) }

// moveTo cuts all connections and sends new ones to another server.
func (p *proxy) moveTo(t *testing.T, address string) {
	t.Helper()
	p.Stop()
	p.Upstream = address
	require.NoError(t, p.Start())
}

// behindProxies returns a service with a proxy before PostgreSQL and one before Valkey.
func behindProxies(t *testing.T) *deployment {
	t.Helper()
	d := onPostgres(t, 1).withValkey()
	for i, flag := range d.flags {
		if flag == "--database-url" || flag == "--cache-url" {
			p, through := startProxy(t, d.flags[i+1])
			d.flags[i+1], d.proxies = through, append(d.proxies, p)
		}
	}
	return d
}
