package procedure

// keyIndex finds elements by key. It is nil for a short list, in which a search takes less time than a lookup.
type keyIndex map[string]int

// shortList is the length up to which a list has no keyIndex.
const shortList = 16

// indexKeys returns the index of a list of n elements with the given keys.
func indexKeys(n int, key func(i int) string) keyIndex {
	if n <= shortList {
		return nil
	}
	index := make(keyIndex, n)
	for i := n - 1; i >= 0; i-- { // of equal keys, which only a refused document has, the first counts
		index[key(i)] = i
	}
	return index
}

// find returns the index of the element with the given key, and whether it exists. It also works before a list of n
// elements is indexed.
func (index keyIndex) find(n int, wanted string, key func(i int) string) (int, bool) {
	if index != nil {
		i, ok := index[wanted]
		return i, ok
	}
	for i := range n {
		if key(i) == wanted {
			return i, true
		}
	}
	return 0, false
}
