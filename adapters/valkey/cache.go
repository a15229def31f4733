package valkey

import (
	"context"
	"fmt"
	"strconv"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

const (
	keptFor     = time.Hour // since it was put; what is in use is put again
	mostPerItem = 1 << 20   // bytes; larger values cost more here than they save
)

// Codec writes values for the server and reads them back.
type Codec[V any] interface {
	// Format names the form of what is written: another one is not read.
	Format() string
	Encode(v V) ([]byte, error)
	Decode(ctx context.Context, data []byte) (V, error)
}

// Cache keeps values of one kind on a server, under keys of its own: procedo:KIND:FORMAT:KEY.
type Cache[V any] struct {
	server *Server
	prefix string
	codec  Codec[V]
}

// NewCache returns the cache of one kind of values.
func NewCache[V any](s *Server, kind string, codec Codec[V]) *Cache[V] {
	return &Cache[V]{s, "procedo:" + kind + ":" + codec.Format() + ":", codec}
}

// putIfNewer keeps a value and its seq unless the seq that is kept is as high. A seq is below 2^53, so that Lua has it exactly.
var putIfNewer = driver.NewLuaScript(`
local kept = redis.call('HGET', KEYS[1], 's')
if kept and tonumber(kept) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 's', ARGV[1], 'v', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

// Get returns what is kept under the key; false where nothing is.
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

// Put keeps a value unless one with the same or a higher seq is kept under the key: the server compares.
func (c *Cache[V]) Put(ctx context.Context, key string, seq int64, v V) (bool, error) {
	data, err := c.codec.Encode(v)
	if err != nil {
		return false, err
	}
	if len(data) > mostPerItem {
		return false, fmt.Errorf("%d bytes are more than are kept of one value", len(data))
	}
	result, err := c.server.do(ctx, func(ctx context.Context, client driver.Client) driver.ValkeyResult {
		return putIfNewer.Exec(ctx, client, []string{c.prefix + key},
			[]string{strconv.FormatInt(seq, 10), driver.BinaryString(data), strconv.FormatInt(keptFor.Milliseconds(), 10)})
	})
	if err != nil {
		return false, err
	}
	return result.AsBool()
}
