package fault

import "unicode/utf8"

// The limits on what is said about one request.
const (
	MaxIssues = 256 // issues that an error or a report lists
	MaxQuoted = 256 // bytes of a submitted text, such as an unknown name, that an issue quotes
)

// IssueList collects issues. It keeps the first MaxIssues of them and counts all, so that its size does not depend on
// what a client sends. The zero IssueList is empty.
type IssueList struct {
	First []Issue
	Count int
}

// Add adds issues.
func (l *IssueList) Add(issues ...Issue) {
	l.Count += len(issues)
	if room := MaxIssues - len(l.First); room > 0 {
		l.First = append(l.First, issues[:min(room, len(issues))]...)
	}
}

// Append adds the issues of another list.
func (l *IssueList) Append(other IssueList) {
	count := l.Count + other.Count
	l.Add(other.First...)
	l.Count = count
}

// Quoted returns a submitted text as an issue quotes it: a text of more than MaxQuoted bytes is cut and ends with an
// ellipsis.
func Quoted(text string) string {
	if len(text) <= MaxQuoted {
		return text
	}
	n := MaxQuoted
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
