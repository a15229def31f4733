package main

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// mcpCmd offers the tools to an assistant on the same machine, which starts the command itself.
type mcpCmd struct {
	Server string `default:"http://127.0.0.1:8080" help:"Server that the tools call." placeholder:"URL"`
	tokenFlag
	Actor actor    `help:"Actor named in the audit trail; the login name by default." placeholder:"NAME"`
	Mode  mcp.Mode `default:"propose" enum:"propose,act" help:"What the assistant may do: ${enum}."`
}

// Help is shown by --help below the summary.
func (mcpCmd) Help() string {
	return "An assistant starts this command and talks to it through standard input and output, by the Model Context " +
		"Protocol. Assistants that reach the server themselves use its address /mcp instead."
}

// Run serves the assistant until it closes standard input.
func (c mcpCmd) Run(ctx context.Context, m *Main) error {
	if err := checkServer(c.Server); err != nil {
		return err
	}
	as, err := c.credentials(ctx, c.Actor.orLogin())
	if err != nil {
		return err
	}
	server := strings.TrimSuffix(c.Server, "/")
	calls := &http.Client{Timeout: requestTimeout}
	tools, err := mcp.New(mcp.Config{
		API: server, Doer: calls, Options: []procedo.Option{as}, Mode: c.Mode, Version: cmp.Or(version, "development"),
		Log: newLogger(m.Stderr, slog.LevelWarn), Language: terminalLocale().Header(), Console: consoleAt(server, calls),
	})
	if err != nil {
		return err
	}
	return tools.Serve(ctx, standardInput(ctx), m.data())
}

// consoleAt returns what asks a server for the address of its console, which is empty if it has none or does not
// answer.
func consoleAt(server string, calls client.HttpRequestDoer) func(context.Context) string {
	return func(ctx context.Context) string {
		c, err := procedo.New(server, procedo.WithHTTPClient(calls), procedo.WithRetries(0, 0))
		if err != nil {
			return ""
		}
		home, err := procedo.Decode[client.Home](c.API.GetHome(ctx))
		if err != nil || home.Links["console"] == "" {
			return ""
		}
		return server + home.Links["console"]
	}
}
