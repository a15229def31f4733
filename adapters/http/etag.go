package http

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

func procedureTag(rec procedure.Record) string { return strconv.Quote(rec.Tag()) }

// runTag is strong: it covers revision, seq and language, which determine every byte shown.
func runTag(r run.Run, language string) string {
	return fmt.Sprintf(`"%d-%d-%s"`, r.Revision, r.Seq, language)
}

// tags splits an If-Match or If-None-Match header (RFC 9110, sections 13.1.1 and 13.1.2). Weak tags keep their W/.
func tags(header string) (list []string, anything bool) {
	for _, t := range strings.Split(header, ",") {
		switch t = strings.TrimSpace(t); t {
		case "":
		case "*":
			anything = true
		default:
			list = append(list, t)
		}
	}
	return list, anything
}

// noneMatch reports whether If-None-Match names the tag: the client has what would be sent.
func noneMatch(header *string, tag string) bool {
	if header == nil {
		return false
	}
	list, anything := tags(*header)
	for _, t := range list {
		if strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return anything
}

// procedureCondition reads If-Match for a procedure; nil where there is none.
func procedureCondition(header *string) *app.Condition {
	if header == nil {
		return nil
	}
	list, anything := tags(*header)
	c := &app.Condition{Any: anything}
	for _, t := range list {
		if unquoted, err := strconv.Unquote(t); err == nil {
			c.Tags = append(c.Tags, unquoted)
		}
	}
	return c
}

// runCondition reads If-Match for a run: what counts is the revision in the tag.
func runCondition(header *string) *app.Condition {
	if header == nil {
		return nil
	}
	list, anything := tags(*header)
	c := &app.Condition{Any: anything}
	for _, t := range list {
		revision, _, ok := strings.Cut(strings.Trim(t, `"`), "-")
		n, err := strconv.ParseInt(revision, 10, 64)
		if ok && err == nil && strings.HasPrefix(t, `"`) {
			c.Revisions = append(c.Revisions, n)
		}
	}
	return c
}
