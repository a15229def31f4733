package i18n

import "strings"

// Explanation returns the text that explains the code of a problem: what it means and what to do. Words in backquotes
// are code.
func (l Locale) Explanation(code string) string { return l.Text("explanation."+code, nil) }

// Form returns the message of an issue code with the names of its parameters, in braces, in place of their values. The
// example of a phone number is not a parameter.
func (l Locale) Form(code string) string {
	return strings.ReplaceAll(messages[l.tag]()[code].other.form(), "{phone}", l.Phone(""))
}
