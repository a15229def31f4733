package auditsink_test

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/octetcounting"
	"github.com/leodido/go-syslog/v4/rfc5424"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/audit"
)

// requireMessage checks that a message contains the record. The message has been parsed with an independent library.
func requireMessage(t *testing.T, r audit.FeedRecord, message syslog.Message) {
	t.Helper()
	m, ok := message.(*rfc5424.SyslogMessage)
	require.True(t, ok)
	require.Equal(t, uint8(13), *m.Facility)
	require.Equal(t, uint8(5), *m.Severity)
	require.Equal(t, "procedo", *m.Appname)
	if r.Event != nil {
		require.True(t, r.Event.OccurredAt.Equal(*m.Timestamp))
		require.Equal(t, r.Event.Action, *m.MsgID)
	}
	require.Equal(t, linesOf(t, r), *m.Message+"\n")
}

func TestSyslogOverTCPFramesMessagesByOctetCounting(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	got := make(chan []byte, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			all, _ := io.ReadAll(conn)
			got <- all
			_ = conn.Close()
		}
	}()
	records := append(trail(t, "r", 3), checkpoint(1))
	deliver(t, open(t, "syslog+tcp://"+listener.Addr().String(), auditsink.Options{AllowPrivate: true}), records...)
	var messages []syslog.Message
	octetcounting.NewParser(syslog.WithListener(func(r *syslog.Result) {
		require.NoError(t, r.Error)
		messages = append(messages, r.Message)
	})).Parse(strings.NewReader(string(<-got)))
	require.Len(t, messages, len(records))
	for i, m := range messages {
		requireMessage(t, records[i], m)
	}
}

func TestSyslogOverALocalSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	records := trail(t, "r", 2)
	deliver(t, open(t, "syslog:"+path, auditsink.Options{}), records...)
	requireDatagrams(t, conn, records)
}

func TestSyslogOverUDP(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	sink := open(t, "syslog+udp://"+conn.LocalAddr().String(), auditsink.Options{AllowPrivate: true})
	records := trail(t, "r", 2)
	deliver(t, sink, records...)
	requireDatagrams(t, conn, records)

	large := trail(t, "r", 1)
	large[0].Event.Canonical = strings.Repeat("x", 100_000)
	deliver(t, sink, large...)
	require.Contains(t, datagram(t, conn), `{"id":"r/1","hash":"`+large[0].Event.Hash+`","omitted":true}`)
}

// datagram receives one datagram.
func datagram(t *testing.T, conn net.PacketConn) string {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(time.Minute)))
	text := make([]byte, 1<<17)
	n, _, err := conn.ReadFrom(text)
	require.NoError(t, err)
	return string(text[:n])
}

func requireDatagrams(t *testing.T, conn net.PacketConn, records []audit.FeedRecord) {
	t.Helper()
	for _, r := range records {
		m, err := rfc5424.NewParser().Parse([]byte(datagram(t, conn)))
		require.NoError(t, err)
		requireMessage(t, r, m)
	}
}

func TestSyslogFailsIfTheReceiverIsUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	for _, address := range []string{
		"syslog+tcp://" + listener.Addr().String(), "syslog+tls://" + listener.Addr().String(),
		"syslog:" + filepath.Join(t.TempDir(), "none"),
	} {
		n, err := open(t, address, auditsink.Options{AllowPrivate: true}).Deliver(t.Context(), trail(t, "r", 1))
		require.Error(t, err)
		require.Zero(t, n)
	}
}
