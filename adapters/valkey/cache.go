package valkey

import (
	"context"
	"fmt"
	"strconv"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

const (
	expiry       = time.Hour // how long a value is kept after it was stored
	maxValueSize = 1 << 20   // bytes; caching a larger value costs more than it saves
)

// Codec encodes values for the server and decodes them.
type Codec[V any] interface {
	// Format identifies the encoding. It is part of the keys, so that values in another format are never decoded.
	Format() string
	Encode(v V) ([]byte, error)
	Decode(ctx context.Context, data []byte) (V, error)
}

// Cache stores values of one kind on a server, under the keys procedo:2:KIND:FORMAT:KEY. It does not trust the server:
// each entry is authenticated with a secret key, and an entry that is not authentic is removed and counts as absent.
type Cache[V any] struct {
	server *Server
	prefix string
	codec  Codec[V]
	sealer sealer
}

// NewCache returns a cache of one kind of values. All replicas must have the same secret key.
func NewCache[V any](s *Server, secret [KeySize]byte, kind string, codec Codec[V]) *Cache[V] {
	return &Cache[V]{s, "procedo:" + entryForm + ":" + kind + ":" + codec.Format() + ":", codec, sealer{secret[:]}}
}

// putIfNewer stores an entry unless the stored one has the same or a higher seq. An entry that an eviction left is also
// replaced by a value with the same seq. It returns an empty string, or, if it stored nothing, the header of the stored
// entry. The caller may then find that this entry is not authentic, and pass its header as ARGV[5]: the entry with this
// header is replaced whatever seq it has.
//
// Lua compares seqs as floating-point numbers. The comparison is exact, because no seq reaches 2^53. Where the stored
// bytes are no number, the entry is replaced.
var putIfNewer = driver.NewLuaScript(fmt.Sprintf(`
local header = ''
if redis.call('TYPE', KEYS[1]).ok == 'string' then header = redis.call('GETRANGE', KEYS[1], 0, %d) end
local kind, current = string.sub(header, %d, %d), tonumber(string.sub(header, %d, %d))
local seq = tonumber(ARGV[2])
if current and header ~= ARGV[5] and
	(current > seq or current == seq and (kind == '%c' or ARGV[3] == '%c')) then return header end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
return ''`, headerSize-1, macSize+1, macSize+1, macSize+2, macSize+1+seqDigits, holdsValue, holdsSeq))

// removeEntry removes the entry that has the given header, and any key that does not hold a string.
var removeEntry = driver.NewLuaScript(fmt.Sprintf(`
if redis.call('TYPE', KEYS[1]).ok == 'string' and redis.call('GETRANGE', KEYS[1], 0, %d) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`, headerSize-1))

// forgedError means that an entry was not written by the service, or was changed afterwards. The entry was removed.
type forgedError struct{ key string }

func (e forgedError) Error() string { return "the cached entry " + e.key + " is not authentic" }

// Forged marks the error for the caller, who counts these errors apart from failures of the server.
func (forgedError) Forged() bool { return true }

// Get returns the value stored under the key, and whether there is one. If the entry is not authentic, Get removes it,
// so that it cannot keep an authentic one out, and returns an error with the method Forged.
func (c *Cache[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	key = c.prefix + key
	result, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		// One byte more than any entry has. A longer reply is never read from the server.
		return client.Do(ctx, client.B().Getrange().Key(key).Start(0).End(headerSize+maxValueSize).Build())
	})
	var entry []byte
	switch {
	case isWrongType(err):
	case err != nil:
		return v, false, err
	default:
		if entry, err = result.AsBytes(); err != nil || len(entry) == 0 {
			return v, false, err
		}
	}
	data, found, authentic := c.sealer.open(key, entry)
	if !authentic {
		c.remove(ctx, key, entry)
		return v, false, c.server.forged(forgedError{key})
	}
	if found {
		v, err = c.codec.Decode(ctx, data)
	}
	return v, found && err == nil, err
}

// remove removes an entry that is not authentic. If that fails, the next reader tries again.
func (c *Cache[V]) remove(ctx context.Context, key string, entry []byte) {
	header := entry[:min(len(entry), headerSize)]
	_, _ = c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return removeEntry.Exec(ctx, client, []string{key}, []string{driver.BinaryString(header)})
	})
}

// Put stores a value and reports whether it did so. The server does not replace a value with the same or a higher seq.
func (c *Cache[V]) Put(ctx context.Context, key string, seq int64, v V) (bool, error) {
	data, err := c.codec.Encode(v)
	if err != nil {
		return false, err
	}
	if len(data) > maxValueSize {
		return false, fmt.Errorf("the value takes %d bytes; at most %d are stored", len(data), maxValueSize)
	}
	return c.store(ctx, c.prefix+key, holdsValue, seq, data)
}

// Evict removes the value stored under the key if its seq is lower than the given one. Values with a lower seq are not
// stored until the seq expires.
func (c *Cache[V]) Evict(ctx context.Context, key string, seq int64) error {
	_, err := c.store(ctx, c.prefix+key, holdsSeq, seq, nil)
	return err
}

// store stores an entry unless an authentic one takes precedence.
func (c *Cache[V]) store(ctx context.Context, key string, kind byte, seq int64, value []byte) (bool, error) {
	entry := c.sealer.seal(key, kind, seq, value)
	present, err := c.replace(ctx, key, kind, seq, entry, nil)
	if err != nil || len(present) == 0 {
		return err == nil, err
	}
	if c.sealer.headerIsAuthentic(key, present) {
		return false, nil
	}
	_ = c.server.forged(forgedError{key}) // logged; the entry is replaced
	present, err = c.replace(ctx, key, kind, seq, entry, present)
	return err == nil && len(present) == 0, err
}

// replace stores an entry. It returns nothing, or the header of the stored entry that takes precedence. An entry with
// the header forged never does.
func (c *Cache[V]) replace(
	ctx context.Context, key string, kind byte, seq int64, entry, forged []byte,
) (present []byte, err error) {
	result, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return putIfNewer.Exec(ctx, client, []string{key}, []string{
			driver.BinaryString(entry), seqText(seq), string(kind), strconv.FormatInt(expiry.Milliseconds(), 10),
			driver.BinaryString(forged),
		})
	})
	if err != nil {
		return nil, err
	}
	return result.AsBytes()
}
