package audit

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/access"
)

// ByMember is the member of a payload that says who acted and how they were authenticated. Events of principals that
// were not authenticated do not have it.
const ByMember = "by"

// The places of the names in ByMember, which are commitments.
const (
	byName      = "/" + ByMember + "/name"
	byAgentName = "/" + ByMember + "/agent/name"
)

// IsNameOfPrincipal reports whether a place of a payload holds the name of the person or the agent that acted.
func IsNameOfPrincipal(place string) bool { return place == byName || place == byAgentName }

// AppendBy appends the member ByMember for an authenticated principal, in RFC 8785 form.
func (c *Committer) AppendBy(dst []byte, p *access.Principal) []byte {
	o := byWriter{dst: append(append(append(dst, '"'), ByMember...), '"', ':', '{'), committer: c}
	if a := p.Agent; a != nil {
		o.agent(a)
	}
	o.text("as", p.As)
	o.text("iss", p.Issuer)
	o.name(p.Name, byName)
	o.text("via", string(p.Via))
	return append(o.dst, '}')
}

// byWriter writes the members of an object in the order of their names. Empty texts are left out.
type byWriter struct {
	dst       []byte
	committer *Committer
}

func (w *byWriter) agent(a *access.Agent) {
	w.member("agent")
	w.dst = append(w.dst, '{')
	for i, subject := range a.Chain {
		if i == 0 {
			w.member("chain")
			w.dst = append(w.dst, '[')
		} else {
			w.dst = append(w.dst, ',')
		}
		w.quote(subject)
	}
	if len(a.Chain) > 0 {
		w.dst = append(w.dst, ']')
	}
	w.text("iss", a.Issuer)
	w.name(a.Name, byAgentName)
	w.text("sub", a.Subject)
	w.dst = append(w.dst, '}')
}

func (w *byWriter) member(name string) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(append(append(w.dst, '"'), name...), '"', ':')
}

func (w *byWriter) quote(text string) {
	w.dst, _ = jsontext.AppendQuote(w.dst, strings.ToValidUTF8(text, "\uFFFD"))
}

func (w *byWriter) text(name, text string) {
	if text != "" {
		w.member(name)
		w.quote(text)
	}
}

// name writes the commitment to a name.
func (w *byWriter) name(name, place string) {
	if name == "" {
		return
	}
	w.member("name")
	value, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(name, "\uFFFD"))
	w.dst = w.committer.AppendCommitment(w.dst, []byte(place), value)
}

// byStart is how ByMember begins in canonical bytes. A slot or an object of another member may have the same name.
const byStart = `"` + ByMember + `":{"`

// IsProven reports whether the actor of the event was authenticated.
func (e *Event) IsProven() bool {
	if !strings.Contains(e.Canonical, byStart) {
		return false // the usual event without authentication need not be read
	}
	p := PrincipalOf(e.Actor, e.Open())
	return p.IsProven()
}

// PrincipalOf returns who acted, according to an opened event: the actor and, if they were authenticated, the member
// ByMember. A hidden name is empty. The roles and groups of a principal are not recorded.
func PrincipalOf(actor string, o Opened) access.Principal {
	p := access.Principal{ID: actor, Via: access.ViaNone}
	if !bytes.Contains(o.Payload, []byte(byStart)) {
		return p // the usual payload without authentication need not be read
	}
	var payload struct {
		By struct {
			Via   access.Via     `json:"via"`
			Iss   string         `json:"iss"`
			Name  jsontext.Value `json:"name"`
			As    string         `json:"as"`
			Agent *struct {
				Iss   string         `json:"iss"`
				Sub   string         `json:"sub"`
				Name  jsontext.Value `json:"name"`
				Chain []string       `json:"chain"`
			} `json:"agent"`
		} `json:"by"`
	}
	if json.Unmarshal(o.Payload, &payload) != nil || payload.By.Via == "" {
		return p
	}
	by := &payload.By
	p.Via, p.Issuer, p.As, p.Name = by.Via, by.Iss, by.As, nameIn(by.Name)
	if a := by.Agent; a != nil {
		p.Agent = &access.Agent{Issuer: a.Iss, Subject: a.Sub, Name: nameIn(a.Name), Chain: a.Chain}
	}
	return p
}

// nameIn returns the text of an opened name; empty for a commitment without a disclosure.
func nameIn(value jsontext.Value) string {
	if value.Kind() != '"' {
		return ""
	}
	text, _ := jsontext.AppendUnquote(nil, value)
	return string(text)
}
