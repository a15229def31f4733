package slot

import (
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
)

// Effort is the number of search steps that FindUnfillable may spend on the slots of one definition. They take about
// 0.4 seconds.
const Effort = 2_000_000

// maxSlotEffort is the part of Effort that one slot may use.
const maxSlotEffort = 500_000

// FindUnfillable returns a finding if no value can satisfy the constraints of the slot. It returns nil if a value can
// satisfy them, or if the search takes too much effort. The finding names constraints that exclude each other; if any
// one of them were removed, a value could satisfy the others. Compile must have returned no findings. FindUnfillable
// subtracts the steps of its search from effort.
func (s *Slot) FindUnfillable(base string, effort *int) *fault.Issue {
	var set []string
	for _, c := range []struct {
		member string
		isSet  bool
	}{
		{"validate", s.Validate != ""}, {"mask", s.Mask != ""},
		{"min", !s.Min.IsAbsent()}, {"max", !s.Max.IsAbsent()}, {"decimals", s.Decimals != nil},
		{"min_length", s.MinLength != nil}, {"max_length", s.MaxLength != nil},
	} {
		if c.isSet {
			set = append(set, c.member)
		}
	}
	if len(set) == 0 || *effort <= 0 {
		return nil
	}
	if s.relativeRangeIsEmpty(effort) {
		return &fault.Issue{Field: base + "/min", Code: "definition.range", Params: fault.Params{
			"min": s.Min.Text(), "max": s.Max.Text(),
		}}
	}
	if s.fillable(set, effort) {
		return nil
	}
	for i := 0; i < len(set); {
		if without := slices.Delete(slices.Clone(set), i, i+1); s.fillable(without, effort) {
			i++
		} else {
			set = without
		}
	}
	return &fault.Issue{Field: base + "/" + set[0], Code: "definition.unfillable", Params: fault.Params{
		"constraints": set, "type": string(s.Type),
	}}
}

// fillable reports whether a value can satisfy the given constraints of the slot.
func (s *Slot) fillable(constraints []string, effort *int) bool {
	has := func(member string) bool { return slices.Contains(constraints, member) }
	if len(constraints) == 0 {
		return true // without constraints, a slot of any type can be filled
	}
	least, most := 1, math.MaxInt
	if has("min_length") {
		least = max(least, *s.MinLength)
	}
	if has("max_length") {
		most = *s.MaxLength
	}
	switch s.Type {
	case Integer:
		return !has("min") || !has("max") || anyBetween(decimal.Decimal(s.Min.Text()), decimal.Decimal(s.Max.Text()), 0)
	case Decimal:
		return !has("min") || !has("max") || !has("decimals") ||
			anyBetween(decimal.Decimal(s.Min.Text()), decimal.Decimal(s.Max.Text()), *s.Decimals)
	case MultiEnum:
		return least <= min(most, s.distinctOptions())
	case String, LongText, Email, Phone, URL:
		pattern, mask := "", ""
		if has("validate") {
			pattern = s.Validate
		}
		if has("mask") {
			mask = s.Mask
		}
		return s.textFillable(pattern, mask, least, most, effort)
	}
	return true // only min and max apply to the other types, and Compile has checked them
}

// Patterns returns RE2 patterns, each of which matches as a whole every value of a slot whose values are texts. The
// first is the most precise one. It returns nil for other types.
func (s *Slot) Patterns() []string {
	if s.traits == nil || s.traits.json != "string" || s.traits.options {
		return nil
	}
	var all []string
	if s.Mask != "" {
		positions, _ := parseMask(s.Mask)
		all = append(all, maskPattern(positions))
	}
	if s.Validate != "" {
		all = append(all, s.Validate)
	}
	if s.MaxLength != nil && *s.MaxLength <= maxRepeat {
		all = append(all, fmt.Sprintf(`(?s:.{1,%d})`, *s.MaxLength))
	}
	switch s.Type {
	case DateOnly:
		all = append(all, `[0-9]{4}-[0-9]{2}-[0-9]{2}`)
	case TimeOfDay:
		all = append(all, `[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?`)
	default:
		all = append(all, formOf(s.Type, s.Region))
	}
	return all
}

// maxRepeat is the greatest count of a repetition in RE2.
const maxRepeat = 1000

// Meet reports whether some text matches all of the patterns as a whole. It returns true if there are too many
// patterns, or if the search takes too much effort. It subtracts the steps of its search from effort.
func Meet(patterns []string, effort *int) bool {
	if len(patterns) > maxPrograms || *effort <= 0 {
		return true
	}
	texts := textSet{min: 1, max: math.MaxInt}
	for _, source := range patterns {
		program := compileProgram(source, effort)
		if program == nil {
			return true
		}
		texts.programs = append(texts.programs, program)
	}
	left := min(*effort, maxSlotEffort)
	granted := left
	empty := texts.empty(&left)
	*effort -= granted - left
	return !empty
}

// NearestToZero returns the whole number nearest to zero that the bounds of a numeric slot admit. It returns false if
// that number is not zero and not a bound.
func (s *Slot) NearestToZero() (decimal.Decimal, bool) {
	nearest := decimal.Decimal("0")
	if least := decimal.Decimal(s.Min.Text()); !s.Min.IsAbsent() && least.Compare("0") > 0 {
		nearest = least
	}
	if most := decimal.Decimal(s.Max.Text()); !s.Max.IsAbsent() && most.Compare("0") < 0 {
		nearest = most
	}
	return nearest, nearest.IsInteger()
}

// distinctOptions returns how many options can be chosen together.
func (s *Slot) distinctOptions() int {
	forms := map[string]bool{}
	for _, o := range s.Options {
		forms[norm.NFC.String(o)] = true
	}
	return len(forms)
}

// anyBetween reports whether any number between the two bounds, inclusive, has at most the given number of decimals.
func anyBetween(least, most decimal.Decimal, decimals int) bool {
	a, exact := cutDecimals(least, decimals)
	b, alsoExact := cutDecimals(most, decimals)
	negative := func(d decimal.Decimal) bool { return d.Compare("0") < 0 }
	return exact || alsoExact || a != b || negative(least) != negative(most)
}

// cutDecimals truncates a number to the given number of decimals. It also reports whether the number is unchanged.
func cutDecimals(d decimal.Decimal, decimals int) (cut string, exact bool) {
	whole, fraction, _ := strings.Cut(string(d.Canonical()), ".")
	if len(fraction) <= decimals {
		return whole + "." + fraction + strings.Repeat("0", decimals-len(fraction)), true
	}
	return whole + "." + fraction[:decimals], false
}

// textFillable reports whether any text of the slot's type matches the pattern and the mask and has an allowed length,
// in code points. It returns true if the search takes too much effort.
func (s *Slot) textFillable(pattern, mask string, least, most int, effort *int) bool {
	texts := textSet{min: least, max: most}
	if s.Type == Email {
		texts.max = min(most, maxAddress)
	}
	texts.programs = append(texts.programs, formProgram(s.Type, s.Region))
	var sources []string
	if pattern != "" {
		sources = append(sources, pattern)
	}
	if mask != "" {
		positions, _ := parseMask(mask)
		if len(positions) < least || len(positions) > most {
			return false
		}
		sources = append(sources, maskPattern(positions))
	}
	for _, source := range sources {
		program := compileProgram(source, effort)
		if program == nil {
			return true
		}
		texts.programs = append(texts.programs, program)
	}
	left := min(*effort, maxSlotEffort)
	granted := left
	empty := texts.empty(&left)
	*effort -= granted - left
	switch {
	case empty:
		return false
	case mask != "" && s.Type == URL:
		// urlFills does not try all digits of an escape such as %XX, so every mask with an escape is accepted.
		return strings.Contains(mask, "%") || s.someMatch(urlFills(mask), effort)
	case mask != "" && s.Type == Phone:
		return s.someMatch(phoneFills(mask), effort)
	case s.Type == Phone && s.Region != "" && most < shortInternational:
		return s.someMatch(shortNumbers(most), effort)
	}
	return true
}

// Patterns for the formats of the types. They match every text that the type's form function accepts, and some that it
// refuses.
const (
	anyLine = `[^\x00\n\v\f\r\x{85}\x{2028}\x{2029}]*`
	anyText = `[^\x00]*`

	atom    = `[^\x00-\x20\x7f()<>\[\]:;@\\,".\x{85}\x{2028}\x{2029}]+` // RFC 5322, section 3.2.3
	letter  = `[A-Za-z\x{80}-\x{10ffff}]`
	unit    = `[0-9A-Za-z\x{80}-\x{10ffff}]`
	escaped = `%[89A-Fa-f][0-9A-Fa-f]` // a percent-encoded byte of a non-ASCII letter, in the host of a URL

	inURL     = `[^\x00-\x20\x7f"<>\\^` + "`" + `{|}`
	ipAddress = `[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+(?:%` + inURL + `]+)?\]`

	group     = `[0-9 \t\n\v\f\r\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}./()-]*`
	extension = `(?:[A-Za-z;#][^\x000-9]*[0-9]{1,7})?`
)

var (
	emailForm = `(?:` + atom + `(?:\.` + atom + `)*|"` + anyLine + `")@` + hostPattern(letter, unit, "+")
	urlForm   = `[Hh][Tt][Tt][Pp][Ss]?://(?:` + inURL + `/?#]*@)?(?:` +
		hostPattern(letter+`|`+escaped, unit+`|`+escaped, "*") + `\.?|` + ipAddress + `)(?::[0-9]*)?(?:[/?#]` + inURL + `]*)?`
)

// hostPattern returns a pattern of host names. The arguments are the pattern of a letter, the pattern of a letter or
// digit, and the repetition operator (* or +) for the labels before the last. The last label must not consist of digits
// only.
func hostPattern(letter, unit, count string) string {
	label := `(?:` + unit + `)(?:(?:` + unit + `|-)*(?:` + unit + `))?`
	inner := `(?:` + unit + `|-)*`
	last := `(?:` + letter + `)(?:` + inner + `(?:` + unit + `))?|(?:` + unit + `)` + inner + `(?:` + letter + `)|` +
		`(?:` + unit + `)` + inner + `(?:` + letter + `|-)` + inner + `(?:` + unit + `)`
	return `(?:` + label + `\.)` + count + `(?:` + last + `)`
}

// formOf returns a pattern that every text of the type matches.
func formOf(t Type, region string) string {
	switch t {
	case Email:
		return emailForm
	case Phone:
		if region == "" {
			return `\+(?:` + group + `[0-9]){4}` + group + extension
		}
		return `\+?(?:` + group + `[0-9]){2}` + group + extension
	case URL:
		return urlForm
	case String:
		return anyLine
	}
	return anyText
}

// maskPattern returns the pattern of the texts that match a mask.
func maskPattern(mask []maskRune) string {
	var b strings.Builder
	for _, p := range mask {
		if p.digit {
			b.WriteString("[0-9]")
		} else {
			b.WriteString(regexp.QuoteMeta(string(p.literal)))
		}
	}
	return b.String()
}

// someMatch reports whether the form of the slot's type accepts one of the texts. It returns true if the search takes
// too much effort.
func (s *Slot) someMatch(texts iter.Seq[string], effort *int) bool {
	const perText = 150
	for text := range texts {
		if *effort -= perText + len(text); *effort < 0 || traitsOf[s.Type].form(s, text) {
			return true
		}
	}
	return false
}

// fillMask returns a text that matches a mask. It puts the given digits into the first digit positions, and repeats the
// last digit in the remaining ones.
func fillMask(mask []maskRune, digits string) string {
	text, next := make([]rune, len(mask)), 0
	for i, p := range mask {
		text[i] = p.literal
		if p.digit {
			text[i] = rune(digits[min(next, len(digits)-1)])
			next++
		}
	}
	return string(text)
}

// urlFills yields texts that match a mask. If the mask has no escapes, and at least one text that matches it is a URL,
// then at least one of the texts is a URL. Some texts have the same digit everywhere. The others suit an IP address
// with a port: they have ones before a colon and zeros after it.
func urlFills(mask string) iter.Seq[string] {
	positions, _ := parseMask(mask)
	return func(yield func(string) bool) {
		for d := '0'; d <= '9'; d++ {
			if !yield(fillMask(positions, string(d))) {
				return
			}
		}
		slash := slices.IndexFunc(positions, func(p maskRune) bool { return p.literal == '/' })
		before := 0 // digits before position i
		for i, p := range positions {
			if p.digit {
				before++
			}
			if p.literal == ':' && i >= slash && !yield(fillMask(positions, strings.Repeat("1", before)+"0")) {
				return
			}
		}
	}
}

// phoneFills yields texts that match a mask. For each digit, it yields a text that repeats this digit, and for each
// calling code, a text that repeats the digit after the calling code.
func phoneFills(mask string) iter.Seq[string] {
	positions, _ := parseMask(mask)
	codes := phonenumbers.GetSupportedCallingCodes()
	return func(yield func(string) bool) {
		for d := range 10 {
			rest := strconv.Itoa(d)
			if !yield(fillMask(positions, rest)) {
				return
			}
			for code := range codes {
				if !yield(fillMask(positions, strconv.Itoa(code)+rest)) {
					return
				}
			}
		}
	}
}

// shortInternational is the length of the shortest phone numbers with a country code, such as +4912. A slot of any
// region accepts such numbers.
const shortInternational = 5

// shortNumbers yields local phone numbers of every length up to the given number of digits. Each of them is one digit,
// followed by repetitions of a single digit, such as 3777.
func shortNumbers(digits int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := range digits {
			for d := range 100 {
				if !yield(strconv.Itoa(d/10) + strings.Repeat(strconv.Itoa(d%10), n)) {
					return
				}
			}
		}
	}
}
