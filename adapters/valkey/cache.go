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

// Cache stores values of one kind on a server, under the keys procedo:KIND:FORMAT:KEY.
type Cache[V any] struct {
	server *Server
	prefix string
	codec  Codec[V]
}

// NewCache returns a cache of one kind of values.
func NewCache[V any](s *Server, kind string, codec Codec[V]) *Cache[V] {
	return &Cache[V]{s, "procedo:" + kind + ":" + codec.Format() + ":", codec}
}

// putIfNewer stores a value and its seq unless the stored seq is the same or higher. After an eviction, only a
// seq is stored; then a value with this same seq is stored too. Lua compares seqs as floating-point numbers. The
// comparison is exact, because no seq reaches 2^53.
var putIfNewer = driver.NewLuaScript(`
local current = tonumber(redis.call('HGET', KEYS[1], 's') or '-1')
local seq = tonumber(ARGV[1])
if current > seq or current == seq and redis.call('HEXISTS', KEYS[1], 'v') == 1 then return 0 end
redis.call('HSET', KEYS[1], 's', ARGV[1], 'v', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

// evictOlder removes a value with a lower seq, and leaves the given seq in its place.
var evictOlder = driver.NewLuaScript(`
local current = tonumber(redis.call('HGET', KEYS[1], 's') or '-1')
if current >= tonumber(ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[1], 'v')
redis.call('HSET', KEYS[1], 's', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

// Get returns the value stored under the key, and whether there is one.
func (c *Cache[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	result, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return client.Do(ctx, client.B().Hget().Key(c.prefix+key).Field("v").Build())
	})
	if err != nil {
		return v, false, err
	}
	data, err := result.AsBytes()
	if driver.IsValkeyNil(err) {
		return v, false, nil
	}
	if err == nil {
		v, err = c.codec.Decode(ctx, data)
	}
	return v, err == nil, err
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
	result, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return putIfNewer.Exec(ctx, client, []string{c.prefix + key},
			[]string{strconv.FormatInt(seq, 10), driver.BinaryString(data), strconv.FormatInt(expiry.Milliseconds(), 10)})
	})
	if err != nil {
		return false, err
	}
	return result.AsBool()
}

// Evict removes the value stored under the key if its seq is lower than the given one. Values with a lower seq are not
// stored until the seq expires.
func (c *Cache[V]) Evict(ctx context.Context, key string, seq int64) error {
	_, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return evictOlder.Exec(ctx, client, []string{c.prefix + key},
			[]string{strconv.FormatInt(seq, 10), strconv.FormatInt(expiry.Milliseconds(), 10)})
	})
	return err
}
