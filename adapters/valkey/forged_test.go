package valkey_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	driver "github.com/valkey-io/valkey-go"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/tests/contract"
)

// tamperer writes to the shared server without the secret key.
type tamperer struct {
	t      *testing.T
	client driver.Client
	cache  cache
}

func newTamperer(t *testing.T) tamperer {
	t.Helper()
	client, err := driver.NewClient(driver.ClientOption{InitAddress: []string{shared.Address}, DisableCache: true})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return tamperer{t, client, open(t, shared.URL())}
}

func (a tamperer) do(command ...string) driver.ValkeyResult {
	return a.client.Do(a.t.Context(), a.client.B().Arbitrary(command...).Build())
}

// put stores a value through the cache and returns the key and the entry on the server.
func (a tamperer) put(key string, seq int64, text string) (full string, entry []byte) {
	a.t.Helper()
	stored, err := a.cache.Put(a.t.Context(), key, seq, contract.Thing{Seq: seq, Text: text})
	require.NoError(a.t, err)
	require.True(a.t, stored, "an authentic value replaces what was there")
	return a.entry(key)
}

func (a tamperer) entry(key string) (full string, entry []byte) {
	a.t.Helper()
	return a.entryOf(a.t.Name(), key)
}

func (a tamperer) entryOf(kind, key string) (full string, entry []byte) {
	a.t.Helper()
	all, err := a.do("KEYS", "procedo:*:"+kind+":*:"+key).AsStrSlice()
	require.NoError(a.t, err)
	require.Len(a.t, all, 1)
	entry, err = a.do("GET", all[0]).AsBytes()
	require.NoError(a.t, err)
	return all[0], entry
}

// requireForged checks that the value of a key is not believed, and that it was removed.
func (a tamperer) requireForged(key, what string) {
	a.t.Helper()
	got, found, err := a.cache.Get(a.t.Context(), key)
	var mark interface{ Forged() bool }
	require.ErrorAs(a.t, err, &mark, what)
	require.False(a.t, found, what)
	require.Zero(a.t, got, what)
	_, found, err = a.cache.Get(a.t.Context(), key)
	require.NoError(a.t, err, what+": it was removed")
	require.False(a.t, found)
}

func TestAValueWithAnyByteChangedIsNotBelieved(t *testing.T) {
	a := newTamperer(t)
	full, entry := a.put("key", 5, "value")
	for i := range entry {
		for _, flip := range []byte{0x01, 0x10, 0x80, 0xff} {
			changed := slices.Clone(entry)
			changed[i] ^= flip
			require.NoError(t, a.do("SET", full, string(changed)).Error())
			a.requireForged("key", fmt.Sprintf("byte %d xor %x", i, flip))
		}
		require.NoError(t, a.do("SET", full, string(entry[:i])).Error())
		if i > 0 { // the server does not tell an empty string from an absent one here
			a.requireForged("key", fmt.Sprintf("cut to %d bytes", i))
		}
	}
	for _, longer := range []string{"x", strings.Repeat("x", 1<<20), strings.Repeat("x", 20<<20)} {
		require.NoError(t, a.do("SET", full, string(entry)+longer).Error())
		a.requireForged("key", fmt.Sprint(len(longer), " bytes more"))
	}
	a.put("key", 5, "value")
}

func TestAValueThatWasMovedIsNotBelieved(t *testing.T) {
	a := newTamperer(t)
	one, first := a.put("one", 5, "first")
	two, second := a.put("two", 5, "second")
	require.NoError(t, a.do("MSET", one, string(second), two, string(first)).Error())
	a.requireForged("one", "swapped")
	a.requireForged("two", "swapped")

	server, err := valkey.Open(shared.URL(), slog.New(slog.DiscardHandler), valkey.WithDeadline(20*time.Second))
	require.NoError(t, err)
	t.Cleanup(server.Close)
	otherKind := valkey.NewCache(server, secret, t.Name()+"2", caching.Codec[contract.Thing]{})
	require.Eventually(t, func() bool { // on a busy machine, the first connection can take too long
		_, err := otherKind.Put(t.Context(), "one", 5, contract.Thing{Seq: 5, Text: "other kind"})
		return err == nil
	}, 20*time.Second, 100*time.Millisecond)
	_, entry := a.entryOf(t.Name()+"2", "one")
	require.NoError(t, a.do("SET", one, string(entry)).Error())
	a.requireForged("one", "of another kind")

	otherSecret := valkey.NewCache(server, [valkey.KeySize]byte{9}, t.Name(), caching.Codec[contract.Thing]{})
	a.put("one", 5, "first")
	_, found, err := otherSecret.Get(t.Context(), "one")
	require.Error(t, err)
	require.False(t, found, "of another database")
}

func TestAKeyOfAnotherTypeIsReplaced(t *testing.T) {
	a := newTamperer(t)
	full, _ := a.put("key", 5, "value")
	for _, command := range [][]string{
		{"HSET", full, "v", "x"}, {"RPUSH", full, "x"}, {"SADD", full, "x"}, {"ZADD", full, "1", "x"},
	} {
		require.NoError(t, a.do("DEL", full).Error())
		require.NoError(t, a.do(command...).Error())
		a.requireForged("key", command[0])
		require.NoError(t, a.do("DEL", full).Error())
		require.NoError(t, a.do(command...).Error())
		a.put("key", 5, "value")
	}
}

// TestAForgedSeqDoesNotKeepValuesOut writes entries whose seq would take precedence over every other, without reading
// them in between.
func TestAForgedSeqDoesNotKeepValuesOut(t *testing.T) {
	a := newTamperer(t)
	full, entry := a.put("key", 5, "value")
	for _, seq := range []string{
		"9999999999999999999", "0009007199254740992", "                inf", "               -inf", "                nan",
		"               1e99", "0x7fffffffffffffff0", "not a number at all", "0000000000000000005",
	} {
		for _, kind := range []string{"v", "e", "?"} {
			forged := string(entry[:32]) + kind + seq[:19] + string(entry[52:])
			require.NoError(t, a.do("SET", full, forged).Error())
			if kind == "v" && seq == "0000000000000000005" {
				continue // the entry itself
			}
			a.put("key", 5, "value")

			require.NoError(t, a.do("SET", full, forged).Error())
			require.NoError(t, a.cache.Evict(t.Context(), "key", 6))
			_, left := a.entry("key")
			require.False(t, bytes.Contains(left, []byte("value")), "what was erased is gone: %s%s", kind, seq)
			stored, err := a.cache.Put(t.Context(), "key", 5, contract.Thing{Seq: 5, Text: "value"})
			require.NoError(t, err)
			require.False(t, stored, "the eviction holds")
		}
	}
}

func TestAnOlderAuthenticValueIsReturnedAndReplaced(t *testing.T) {
	a := newTamperer(t)
	full, old := a.put("key", 5, "old")
	a.put("key", 6, "new")
	require.NoError(t, a.do("SET", full, string(old)).Error())
	got, found, err := a.cache.Get(t.Context(), "key")
	require.NoError(t, err)
	require.True(t, found)
	require.EqualValues(t, 5, got.Seq, "the caller compares it with the database")
	a.put("key", 6, "new")
}
