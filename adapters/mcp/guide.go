package mcp

import (
	"embed"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
)

// texts holds the guide for assistants in each language, and the instructions of each mode. Clients show the
// instructions to the model only, so that they are in English.
//
//go:embed texts/*.md
var texts embed.FS

// guide returns the guide in the language of the caller.
func guide(locale i18n.Locale) []byte { return text("guide." + locale.Language()) }

// instructions returns what every client tells its model about the server.
func (s *Server) instructions() string {
	return strings.TrimSpace(string(text("instructions"))) + "\n" + strings.TrimSpace(string(text(string(s.Mode))))
}

func text(name string) []byte {
	data, err := texts.ReadFile("texts/" + name + ".md")
	if err != nil {
		panic("mcp: " + err.Error()) // a bug in the program: the text is embedded
	}
	return data
}
