package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/procedo/procedo/core/fault"
)

type healthCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"Address that the server listens on."`
}

// Help is shown by --help below the summary.
func (healthCmd) Help() string {
	return "It asks /readyz of the server on this machine and waits for at most 3 seconds. The exit status is 1 unless " +
		"the server is ready. Containers use it as their health check: an image without other programs has no curl."
}

// healthTime is the time that the server has to answer: /readyz itself answers within 2 seconds.
const healthTime = 3 * time.Second

// Run asks the server and prints its answer.
func (c healthCmd) Run(ctx context.Context, m *Main) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return failure("listen_address", fault.Params{"address": c.Listen})
	}
	hosts := []string{host}
	switch ip := net.ParseIP(host); { // every address of this machine includes the loopback addresses
	case host == "" || ip.Equal(net.IPv4zero):
		hosts = []string{"127.0.0.1"}
	case ip.Equal(net.IPv6unspecified):
		hosts = []string{"::1", "127.0.0.1"} // a container may have no IPv6 address
	}
	var answer *http.Response
	for _, host := range hosts {
		url := "http://" + net.JoinHostPort(host, port) + "/readyz"
		request, bad := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if bad != nil {
			return failure("listen_address", fault.Params{"address": c.Listen})
		}
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // not through a proxy
		if answer, err = client.Do(request); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	const maxAnswer = 64 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	fmt.Fprintln(m.Stdout, strings.TrimSpace(string(text)))
	if answer.StatusCode != http.StatusOK {
		return exitError(1)
	}
	return nil
}
