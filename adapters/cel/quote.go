package cel

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// maxQuoted is the maximum length of a source with quoted numbers, in code points. A digit becomes three code points.
const maxQuoted = 3 * MaxLength

// quotedSource is a source in which the numeric literals are in quotes, so that CEL's parser neither rounds nor refuses
// them. Positions in it are mapped to positions in the original source.
type quotedSource struct {
	text    string
	numbers map[int32]decimal.Decimal // by the offset of the opening quote, in code points
	quotes  [][]int                   // for each line, the columns of the added quotes, in code points from 0
}

// tokens matches numeric literals as its only group. It also matches comments, texts and names without a group, so that
// digits within them are skipped.
var tokens = regexp.MustCompile("//[^\n]*" +
	"|[bB]?[rR](?s:\"\"\".*?\"\"\"|'''.*?''')" +
	"|[bB]?[rR](?:\"[^\"\n]*\"|'[^'\n]*')" +
	`|(?s:"""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?''')` +
	`|"(?:\\.|[^"\\` + "\n" + `])*"|'(?:\\.|[^'\\` + "\n" + `])*'` +
	"|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*" +
	`|(0x[0-9A-Fa-f]+[uU]?|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)`)

// quoteNumbers returns a source with its numeric literals in quotes, or a finding if a number has too many digits.
func quoteNumbers(source string) (*quotedSource, *condition.Finding) {
	q := &quotedSource{numbers: map[int32]decimal.Decimal{}, quotes: [][]int{nil}}
	var text strings.Builder
	offset, column, done := 0, 0, 0 // in code points of the quoted source; done in bytes of the original
	write := func(part string) {
		text.WriteString(part)
		offset += utf8.RuneCountInString(part)
		if lines := strings.Count(part, "\n"); lines > 0 {
			q.quotes = append(q.quotes, make([][]int, lines)...)
			part, column = part[strings.LastIndexByte(part, '\n')+1:], 0
		}
		column += utf8.RuneCountInString(part)
	}
	quote := func() {
		line := len(q.quotes) - 1
		q.quotes[line] = append(q.quotes[line], column)
		write(`"`)
	}
	for _, at := range tokens.FindAllStringSubmatchIndex(source, -1) {
		start, end := at[2], at[3]
		if start < 0 {
			continue
		}
		write(source[done:start])
		n, ok := parseLiteral(source[start:end])
		if !ok {
			return nil, q.tooPrecise(column)
		}
		q.numbers[int32(offset)] = n
		quote()
		write(source[start:end])
		quote()
		done = end
	}
	write(source[done:])
	q.text = text.String()
	return q, nil
}

// tooPrecise returns the finding about a number that is beyond the bounds of a decimal. The number is on the last line
// read so far, at the given column.
func (q *quotedSource) tooPrecise(column int) *condition.Finding {
	line := len(q.quotes)
	return &condition.Finding{Code: codeNumber, Params: map[string]any{
		"line": line, "column": q.column(line, column) + 1, "max_digits": decimal.MaxDigits,
		"max_exponent": decimal.MaxExponent,
	}}
}

// parseLiteral parses a numeric literal of CEL. It returns false if the number is beyond the bounds of a decimal.
func parseLiteral(literal string) (decimal.Decimal, bool) {
	literal = strings.TrimRight(literal, "uU")
	if digits, ok := strings.CutPrefix(literal, "0x"); ok {
		n, _ := new(big.Int).SetString(digits, 16)
		return decimal.Parse(n.String())
	}
	literal = strings.TrimLeft(literal, "0")
	if literal == "" || literal[0] < '0' || literal[0] > '9' {
		literal = "0" + literal // 007 is 7, and .5 is 0.5
	}
	return decimal.Parse(literal)
}

// column returns the column in the original source for one in the quoted source. Lines are counted from 1, columns
// from 0.
func (q *quotedSource) column(line, column int) int {
	if line < 1 || line > len(q.quotes) {
		return column
	}
	before, _ := slices.BinarySearch(q.quotes[line-1], column)
	return column - before
}

// quotedToken matches a token that CEL's parser quotes in a message.
var quotedToken = regexp.MustCompile(`'"([0-9.][0-9A-Za-z.+-]*)"'`)

// unquoted returns a message of CEL's parser with numbers as they are written in the original source.
func (q *quotedSource) unquoted(message string) string {
	if len(q.numbers) == 0 {
		return message
	}
	return quotedToken.ReplaceAllString(message, "'$1'")
}
