package http

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// representation is the number of the form of answers. A release that changes the form, for example by a new member,
// raises it, so that no client takes an answer of an earlier release for the current one.
const representation = 1

// mark returns the end of the ETags of answers in a form: the number of the representation and whether numbers are
// strings. No other part of an ETag has a point.
func (f numberForm) mark() string {
	if f == stringNumbers {
		return marks.strings
	}
	return marks.numbers
}

var marks = struct{ numbers, strings string }{fmt.Sprintf(".%d", representation), fmt.Sprintf(".%ds", representation)}

// procedureETag returns the ETag of a procedure, or of one of its versions.
func procedureETag(rec procedure.Record, numbers numberForm) string {
	return `"` + rec.Tag() + numbers.mark() + `"`
}

// runETag returns the ETag of a run. It is strong: revision, seq, language and mark determine every byte of the
// response.
func runETag(r run.Run, language string, numbers numberForm) string {
	tag := make([]byte, 0, 64)
	tag = strconv.AppendInt(append(tag, '"'), r.Revision, 10)
	tag = strconv.AppendInt(append(tag, '-'), r.Seq, 10)
	tag = append(append(tag, '-'), language...)
	return string(append(append(tag, numbers.mark()...), '"'))
}

// pastETag returns the ETag of a past state of a run. Such a state changes only when something in it is erased, so that
// the number of erased texts and values, added to the tag, identifies it. A state without erasures keeps its tag.
func pastETag(tag string, r run.Run) string {
	if n := r.Erasures(); n > 0 {
		return fmt.Sprintf(`%s-%d"`, strings.TrimSuffix(tag, `"`), n)
	}
	return tag
}

// weakMark is the beginning of weak tags (RFC 9110, section 8.8.3).
const weakMark = "W/"

// parseETags splits an If-Match or If-None-Match header (RFC 9110, sections 13.1.1 and 13.1.2) into its tags. Weak tags
// keep their prefix W/. hasAny reports whether the header contains an asterisk, which matches every tag.
func parseETags(header string) (list []string, hasAny bool) {
	for _, t := range strings.Split(header, ",") {
		switch t = strings.TrimSpace(t); t {
		case "":
		case "*":
			hasAny = true
		default:
			list = append(list, t)
		}
	}
	return list, hasAny
}

// isWeak reports whether a tag is weak. The server makes no weak tags, but a proxy that compresses responses makes its
// tags weak.
func isWeak(tag string) bool { return strings.HasPrefix(tag, weakMark) }

// matchesETag reports whether an If-None-Match header matches the tag, which means that the client has the current
// body. Weak tags match too.
func matchesETag(header *string, tag string) bool {
	if header == nil {
		return false
	}
	list, hasAny := parseETags(*header)
	for _, t := range list {
		if strings.TrimPrefix(t, weakMark) == tag {
			return true
		}
	}
	return hasAny
}

// procedureCondition parses If-Match for a procedure. The mark at the end of a tag is ignored: it matters what the
// client has seen, not in which form. It returns nil if there is no such header.
func procedureCondition(header *string) *app.Condition {
	if header == nil {
		return nil
	}
	list, hasAny := parseETags(*header)
	c := &app.Condition{Any: hasAny, HasWeak: slices.ContainsFunc(list, isWeak)}
	for _, t := range list {
		if unquoted, err := strconv.Unquote(t); err == nil {
			tag, _, _ := strings.Cut(unquoted, ".")
			c.Tags = append(c.Tags, tag)
		}
	}
	return c
}

// runCondition parses If-Match for a run. Only the revision in each tag is compared. It returns nil if there is no such
// header.
func runCondition(header *string) *app.Condition {
	if header == nil {
		return nil
	}
	list, hasAny := parseETags(*header)
	c := &app.Condition{Any: hasAny, HasWeak: slices.ContainsFunc(list, isWeak)}
	for _, t := range list {
		revision, _, ok := strings.Cut(strings.Trim(t, `"`), "-")
		n, err := strconv.ParseInt(revision, 10, 64)
		if ok && err == nil && strings.HasPrefix(t, `"`) {
			c.Revisions = append(c.Revisions, n)
		}
	}
	return c
}
