// Package mcp offers the service to assistants, as a server of the Model Context Protocol (MCP). It reaches the service
// only through its API: the rules, the receipts, the languages and the trail of a tool are those of the API.
package mcp

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// Mode says what assistants may do. The set is closed.
type Mode string

// The modes. In Propose, an assistant reads, checks, drafts and asks for a commit, and a person commits.
const (
	Off     Mode = "off"
	Propose Mode = "propose"
	Act     Mode = "act"
)

// maxMessageBytes limits a message of a client, as the API limits a body.
const maxMessageBytes = 1 << 20

// Config holds the settings of a server.
type Config struct {
	API     string                       // the address of the API
	Doer    client.HttpRequestDoer       // sends the requests to the API
	Options []procedo.Option             // further settings of the client, such as who acts
	Mode    Mode                         // Propose or Act
	Console func(context.Context) string // the address of the console, which ends with a slash; empty if there is none
	Version string                       // of the program
	Log     *slog.Logger
	// Language is the Accept-Language of the API's answers for clients that cannot say it themselves.
	Language string
}

// Server offers the tools, the resources and the prompts.
type Server struct {
	Config
	api       *client.Client
	languages map[string]*sdk.Server // by language of the titles and prompts
	stateless http.Handler
}

// New returns a server.
func New(c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	calls, err := procedo.New(c.API, append(c.Options, procedo.WithHTTPClient(asking{c.Doer}))...)
	if err != nil {
		return nil, err
	}
	s := &Server{Config: c, api: calls.API, languages: map[string]*sdk.Server{}}
	for _, tag := range i18n.Languages {
		if s.languages[tag.String()], err = s.in(i18n.Accept(tag.String())); err != nil {
			return nil, err
		}
	}
	s.stateless = sdk.NewStreamableHTTPHandler(
		func(r *http.Request) *sdk.Server { return s.languages[callerOf(r.Context()).locale.Language()] },
		&sdk.StreamableHTTPOptions{
			Stateless: true, JSONResponse: true, MaxRequestBodyBytes: maxMessageBytes, Logger: c.Log,
			PropagateRequestCancellation: true, DisableLocalhostProtection: true, // the service checks the host itself
		},
	)
	return s, nil
}

// in returns the server of the protocol with titles and prompts in one language.
func (s *Server) in(locale i18n.Locale) (*sdk.Server, error) {
	p := sdk.NewServer(
		&sdk.Implementation{Name: "procedo", Title: "Procedo", Version: s.Version},
		&sdk.ServerOptions{
			Instructions: s.instructions(), Logger: s.Log,
			Capabilities: &sdk.ServerCapabilities{
				Tools: &sdk.ToolCapabilities{}, Resources: &sdk.ResourceCapabilities{}, Prompts: &sdk.PromptCapabilities{},
			},
			// What one caller may read, another may not: nothing between them may keep it.
			SetCacheable: func(_ context.Context, _ sdk.Request, c *sdk.Cacheable) { c.TTLMs, c.CacheScope = 0, "private" },
		},
	)
	p.AddReceivingMiddleware(s.offerPermitted)
	if err := s.addTools(p, locale); err != nil {
		return nil, err
	}
	s.addResources(p, locale)
	s.addPrompts(p, locale)
	return p, nil
}

// ServeHTTP answers a message of a client. The API must find in the context of the request who calls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	language := r.Header.Get("Accept-Language")
	if language == "" {
		language = s.Language
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessageBytes))
	if err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if refused := checkMessage(text); refused != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(refused.answer(text))
			return
		}
	}
	// What could not be read to its end is refused by the library, with the status of the cause.
	r = r.WithContext(withCaller(r.Context(), language))
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(text), failed{err}))
	s.stateless.ServeHTTP(w, r)
}

// failed is the end of a body: an error, or nothing more.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, cmp.Or(f.err, io.EOF) }

// Run serves one client over a transport, such as standard input and output, until the client or ctx ends it.
func (s *Server) Run(ctx context.Context, t sdk.Transport) error {
	ctx = withCaller(ctx, s.Language)
	return s.languages[callerOf(ctx).locale.Language()].Run(ctx, t)
}
