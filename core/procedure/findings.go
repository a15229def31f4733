package procedure

import (
	"cmp"
	"slices"

	"github.com/procedo/procedo/core/fault"
)

// finding is an issue with its byte offset in the document.
type finding struct {
	fault.Issue
	offset int
}

// findingList collects findings. They are not found in document order; findingList keeps those that come first in the
// document, and counts all.
type findingList struct {
	kept  []finding // fewer than twice fault.MaxIssues
	count int
}

func (l *findingList) add(issue fault.Issue, offset int) {
	l.count++
	if l.kept = append(l.kept, finding{issue, offset}); len(l.kept) == 2*fault.MaxIssues {
		l.trim()
	}
}

// trim drops the findings that are not among the first fault.MaxIssues of the document. Among findings with the same
// offset, those that were added first come first.
func (l *findingList) trim() {
	slices.SortStableFunc(l.kept, func(a, b finding) int { return cmp.Compare(a.offset, b.offset) })
	if len(l.kept) > fault.MaxIssues {
		clear(l.kept[fault.MaxIssues:])
		l.kept = l.kept[:fault.MaxIssues]
	}
}

// inOrder returns the issues of the findings, in document order.
func (l *findingList) inOrder() fault.IssueList {
	l.trim()
	issues := fault.IssueList{Count: l.count}
	for _, f := range l.kept {
		issues.First = append(issues.First, f.Issue)
	}
	return issues
}
