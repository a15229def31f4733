package jsondoc

// MaxValues is the maximum number of JSON values in a submitted text. A parsed value needs up to 200 bytes of memory
// however short it is.
const MaxValues = 100_000

// CountValues returns the number of values in a JSON text, each array and object and its members included. It does not
// parse the text, and for one that is not JSON the number means nothing.
func CountValues(data []byte) int {
	count, quoted, opened := 1, false, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case opened && c != ']' && c != '}':
			count++ // the first member or element
		}
		opened = false
		switch {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++ // the escaped character does not end the string
		case !quoted && c == ',':
			count++
		case !quoted:
			opened = c == '[' || c == '{'
		}
	}
	return count
}
