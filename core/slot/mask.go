package slot

import "unicode/utf8"

// maskRune is one place of a mask: a digit, or a character that stands for itself.
type maskRune struct {
	digit   bool
	literal rune
}

// parseMask reads a mask: X stands for a digit, \X for the letter X, all else for itself.
func parseMask(mask string) (places []maskRune, digits int) {
	runes := []rune(mask)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == 'X':
			places = append(places, maskRune{digit: true})
			digits++
		case r == '\\' && i+1 < len(runes) && runes[i+1] == 'X':
			places = append(places, maskRune{literal: 'X'})
			i++
		default:
			places = append(places, maskRune{literal: r})
		}
	}
	return places, digits
}

func fitsMask(places []maskRune, text string) bool {
	if utf8.RuneCountInString(text) != len(places) {
		return false
	}
	i := 0
	for _, r := range text {
		p := places[i]
		if p.digit && (r < '0' || r > '9') || !p.digit && r != p.literal {
			return false
		}
		i++
	}
	return true
}
