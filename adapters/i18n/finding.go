package i18n

import (
	"strings"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// problemPrefix begins the ids of the messages for problems that verification finds.
const problemPrefix = "finding."

// Finding returns the line for a finding: what it is about, and what is wrong.
func (l Locale) Finding(f audit.Finding) string {
	where := l.word("finding_of.", f.Entity.Type) + " " + f.Entity.ID
	if f.Seq != 0 {
		where = l.Text("finding_event", fault.Params{"where": where, "seq": f.Seq})
	}
	line := fault.Params{"where": where, "problem": l.Wrong(f.Problem)}
	if f.Warning {
		return l.Text("finding_warning", line)
	}
	return l.Text("finding_line", line)
}

// Wrong returns the text of a problem that verification has found.
func (l Locale) Wrong(p audit.Problem) string { return l.Text(problemPrefix+p.Code, p.Params) }

// isFinding reports whether a message is about what verification has found. Its numbers identify something, as in SQL.
func isFinding(id string) bool {
	return strings.HasPrefix(id, problemPrefix) || strings.HasPrefix(id, "finding_")
}
