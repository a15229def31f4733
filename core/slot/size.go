package slot

// Size returns the length of the value's canonical bytes (see AppendCanonical). It is 0 for an absent value, and for a
// value that is erased or withheld.
func (v Value) Size() int {
	switch v.shape {
	case AbsentShape:
		return 0
	case BooleanShape:
		if v.truth {
			return len("true")
		}
		return len("false")
	case ListShape:
		n := len("[]") + max(0, len(v.List())-1)
		for _, s := range v.List() {
			n += quotedSize(s)
		}
		return n
	case SealedShape:
		if v.text == "" {
			return 0
		}
		return len(`{"sealed":""}`) + len(v.text)
	default:
		return quotedSize(v.text)
	}
}

// MaxSize returns an upper bound of Size without looking at each character.
func (v Value) MaxSize() int {
	const longestEscape, frame = 6, len(`{"sealed":""}`)
	n := frame + longestEscape*len(v.text)
	for _, s := range v.List() {
		n += longestEscape*len(s) + len(`"",`)
	}
	return n
}

// quotedSize returns the length of s as a JSON string according to RFC 8785.
func quotedSize(s string) int {
	n := len(s) + len(`""`)
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			n += escapeSize(c)
		}
	}
	return n
}

// escapeSize returns how many bytes an escaped character takes in addition to its own.
func escapeSize(c byte) int {
	switch c {
	case '"', '\\', '\b', '\t', '\n', '\f', '\r':
		return len(`\n`) - 1
	}
	return len(`\u0000`) - 1
}
