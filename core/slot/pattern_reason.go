package slot

import (
	"errors"
	"regexp/syntax"

	"github.com/procedo/procedo/core/fault"
)

// maxPatternPart is the maximum length of the part of a pattern that a finding shows, in code points.
const maxPatternPart = 40

// patternReason is the reason why a pattern is invalid, as adapters/i18n words it. hasPart reports whether the error
// names the part of the pattern that is wrong; the other errors name the pattern, or all that follows.
type patternReason struct {
	code    string
	hasPart bool
}

// patternReasons are the reasons for the errors of the parser. All other errors have the reason "unknown".
var patternReasons = map[syntax.ErrorCode]patternReason{
	syntax.ErrInvalidCharClass:      {"char_class", true},
	syntax.ErrInvalidCharRange:      {"char_range", true},
	syntax.ErrInvalidEscape:         {"escape", true},
	syntax.ErrInvalidNamedCapture:   {"named_capture", true},
	syntax.ErrInvalidPerlOp:         {"perl", true},
	syntax.ErrInvalidRepeatOp:       {"repeat_op", true},
	syntax.ErrInvalidRepeatSize:     {"repeat_size", true},
	syntax.ErrMissingRepeatArgument: {"repeat_argument", true},
	syntax.ErrInvalidUTF8:           {"utf8", false},
	syntax.ErrMissingBracket:        {"bracket", false},
	syntax.ErrMissingParen:          {"parenthesis", false},
	syntax.ErrUnexpectedParen:       {"unexpected_parenthesis", false},
	syntax.ErrTrailingBackslash:     {"backslash", false},
	syntax.ErrNestingDepth:          {"depth", false},
	syntax.ErrLarge:                 {"size", false},
}

// patternParams returns the params of the finding about a pattern that cannot be compiled.
func patternParams(err error) fault.Params {
	var found *syntax.Error
	if !errors.As(err, &found) {
		return fault.Params{"reason": "unknown"}
	}
	reason, known := patternReasons[found.Code]
	if !known {
		return fault.Params{"reason": "unknown"}
	}
	if !reason.hasPart {
		return fault.Params{"reason": reason.code}
	}
	part := []rune(found.Expr)
	if len(part) > maxPatternPart {
		part = append(part[:maxPatternPart-1], '…')
	}
	return fault.Params{"reason": reason.code, "part": string(part)}
}
