package slot

import "unicode/utf8"

// maskRune is one position of a mask. It matches any digit, or one literal character.
type maskRune struct {
	digit   bool
	literal rune
}

// parseMask parses a mask, in which X stands for a digit, \X for the letter X, and any other character for itself. It
// also returns the number of positions that stand for a digit.
func parseMask(mask string) (positions []maskRune, digits int) {
	runes := []rune(mask)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == 'X':
			positions = append(positions, maskRune{digit: true})
			digits++
		case r == '\\' && i+1 < len(runes) && runes[i+1] == 'X':
			positions = append(positions, maskRune{literal: 'X'})
			i++
		default:
			positions = append(positions, maskRune{literal: r})
		}
	}
	return positions, digits
}

// matchesMask reports whether a text matches a mask.
func matchesMask(mask []maskRune, text string) bool {
	if utf8.RuneCountInString(text) != len(mask) {
		return false
	}
	i := 0
	for _, r := range text {
		p := mask[i]
		if p.digit && (r < '0' || r > '9') || !p.digit && r != p.literal {
			return false
		}
		i++
	}
	return true
}
