// Package blank defines which texts are blank. Checks of values, names, reasons and actors all use this definition.
package blank

import "unicode"

// Is reports whether a text has no visible character: it is empty, or consists of white space, control characters,
// default ignorable code points such as the zero width space, and U+2800.
func Is(s string) bool {
	for _, r := range s {
		if !IsInvisible(r) {
			return false
		}
	}
	return true
}

// brailleBlank is the Braille pattern without dots. Unicode counts it as a symbol, but fonts show nothing for it.
const brailleBlank = '\u2800'

// IsInvisible reports whether a character shows nothing, as in the definition of Is.
func IsInvisible(r rune) bool {
	if r > ' ' && r < '\u007f' {
		return false
	}
	return unicode.Is(unicode.White_Space, r) || unicode.IsControl(r) || r == brailleBlank || isIgnorable(r)
}

// isIgnorable reports whether a code point has the property Default_Ignorable_Code_Point. Package unicode lacks this
// property, so it is derived as in the header of Unicode's DerivedCoreProperties.txt.
func isIgnorable(r rune) bool {
	switch {
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return true
	case !unicode.Is(unicode.Cf, r), unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	annotation := r >= '\ufff9' && r <= '\ufffb'         // interlinear annotation characters
	hieroglyph := r >= '\U00013430' && r <= '\U0001343f' // Egyptian hieroglyph format controls
	return !annotation && !hieroglyph
}
