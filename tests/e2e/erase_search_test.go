package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// domain is the number of values that a search tries: all numbers of six digits.
const domain = 1_000_000

// search looks for erased values in everything that could be read after an erasure.
type search struct {
	data    map[string][]byte            // by source
	digests map[[sha256.Size]byte]string // the source of each digest
	salts   map[string]bool              // raw bytes; the empty string stands for a digest without a salt
}

var (
	hexSequence    = regexp.MustCompile(`[0-9a-f]{32,}`)
	base64Sequence = regexp.MustCompile(`[A-Za-z0-9_-]{22,}`)
	digitNoise     = regexp.MustCompile(`[0-9a-f]{32,}|\.\d{6}`) // hashes, and fractions of seconds
)

// newSearch collects everything that could be a digest or a salt. It looks at sequences of hex or base64url characters:
// a digest may begin anywhere in a sequence, and a salt stands at its beginning or its end.
func newSearch(data map[string][]byte) *search {
	s := &search{data: data, digests: map[[sha256.Size]byte]string{}, salts: map[string]bool{"": true}}
	for source, text := range data {
		for _, sequence := range hexSequence.FindAll(text, -1) {
			s.addSequence(source, sequence, 2*sha256.Size, 32, decodeHex)
		}
		for _, sequence := range base64Sequence.FindAll(text, -1) {
			s.addSequence(source, sequence, 43, 22, decodeBase64)
		}
	}
	return s
}

func decodeHex(text []byte) ([]byte, error) { return hex.AppendDecode(nil, text) }

func decodeBase64(text []byte) ([]byte, error) {
	return base64.RawURLEncoding.Strict().AppendDecode(nil, text)
}

func (s *search) addSequence(source string, sequence []byte, digest, salt int, decode func([]byte) ([]byte, error)) {
	for i := 0; i+digest <= len(sequence) && i < 1000; i++ {
		if raw, err := decode(sequence[i : i+digest]); err == nil && len(raw) == sha256.Size {
			s.digests[[sha256.Size]byte(raw)] = source
		}
	}
	if len(sequence) == digest {
		return
	}
	for _, end := range [][]byte{sequence[:salt], sequence[len(sequence)-salt:]} {
		if raw, err := decode(end); err == nil && len(sequence) <= salt+digest {
			s.salts[string(raw)] = true
		}
	}
}

// asText returns the sources that contain a text. Hashes and fractions of seconds, which may contain any digits, do
// not count.
func (s *search) asText(text string) (found []string) {
	for source, data := range s.data {
		if bytes.Contains(data, []byte(text)) && bytes.Contains(digitNoise.ReplaceAll(data, nil), []byte(text)) {
			found = append(found, source)
		}
	}
	return found
}

// wholeDomain returns all values that a search can try.
func wholeDomain() []int {
	values := make([]int, domain)
	for i := range values {
		values[i] = i
	}
	return values
}

// numbers returns the numbers of values.
func numbers(t *testing.T, values ...string) (all []int) {
	t.Helper()
	for _, v := range values {
		n, err := strconv.Atoi(v)
		require.NoError(t, err)
		all = append(all, n)
	}
	return all
}

// byDigest tries values in each form, with each salt, and returns those whose digest was collected. A form is the text
// that was hashed, with an asterisk in the place of the value.
func (s *search) byDigest(values []int, forms ...string) (found map[string]bool) {
	found = map[string]bool{}
	var filter [1 << 16]bool
	for digest := range s.digests {
		filter[int(digest[0])<<8|int(digest[1])] = true
	}
	var mutex sync.Mutex
	var workers sync.WaitGroup
	for part := range slices.Chunk(values, (len(values)+runtime.NumCPU()-1)/runtime.NumCPU()) {
		workers.Go(func() {
			buffer := make([]byte, 0, 4096)
			for _, form := range forms {
				before, after, _ := strings.Cut(form, "*")
				for salt := range s.salts {
					buffer = append(append(buffer[:0], salt...), before...)
					at := len(buffer)
					buffer = append(append(buffer, "000000"...), after...)
					for _, value := range part {
						putDigits(buffer[at:at+6], value)
						digest := sha256.Sum256(buffer)
						if !filter[int(digest[0])<<8|int(digest[1])] {
							continue
						}
						if source, ok := s.digests[digest]; ok {
							mutex.Lock()
							found[fmt.Sprintf("%06d in %s", value, source)] = true
							mutex.Unlock()
						}
					}
				}
			}
		})
	}
	workers.Wait()
	return found
}

func putDigits(to []byte, value int) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i], value = byte('0'+value%10), value/10
	}
}

// finds reports whether a search by digest has found a value.
func finds(found map[string]bool, value string) bool {
	for one := range found {
		if strings.HasPrefix(one, value) {
			return true
		}
	}
	return false
}
