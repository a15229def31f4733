package auditsink

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
)

// syslog sends each record as a line of JSON in a message of RFC 5424. On a stream (TCP, TLS), messages are framed by
// octet counting (RFC 6587, section 3.4.1). Syslog has no acknowledgements. A datagram counts as delivered once it is
// sent. For streams, see sendStream.
type syslog struct {
	name     string
	scheme   string
	address  string
	dialer   *net.Dialer
	hostname string
}

const (
	auditNotice  = 13*8 + 5 // facility "log audit", severity notice
	closeTimeout = 5 * time.Second
)

// syslogPorts holds the default ports by URL scheme, as registered with IANA.
var syslogPorts = map[string]string{"syslog+udp": "514", "syslog+tcp": "601", "syslog+tls": "6514"}

func newSyslog(u *url.URL, o Options) (*syslog, error) {
	if err := checkSettings(u); err != nil {
		return nil, err
	}
	s := &syslog{name: sinkName(u), scheme: u.Scheme, dialer: dialer(o.AllowPrivate), hostname: "-"}
	if host, err := os.Hostname(); err == nil && host != "" {
		s.hostname = host
	}
	if u.Scheme == "syslog" {
		if u.Host != "" {
			return nil, fmt.Errorf("audit sink %s: want syslog: (on this machine), or syslog+udp://, syslog+tcp:// or "+
				"syslog+tls://host:port", s.name)
		}
		s.address = cmp.Or(u.Path, u.Opaque, "/dev/log")
		s.dialer = &net.Dialer{Timeout: dialTimeout}
		return s, nil
	}
	if u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("audit sink %s: want %s://host:port", s.name, u.Scheme)
	}
	s.address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), syslogPorts[u.Scheme]))
	return s, nil
}

// Name returns the URL of the sink without secrets.
func (s *syslog) Name() string { return s.name }

// Deliver sends all records over a new connection.
func (s *syslog) Deliver(ctx context.Context, records []audit.FeedRecord) (int, error) {
	conn, datagrams, err := s.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close() //nolint:errcheck // an error of Close does not change which records were delivered
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if datagrams {
		for i, r := range records {
			if err := s.sendDatagram(conn, &r); err != nil {
				return i, err
			}
		}
		return len(records), nil
	}
	if err := s.sendStream(ctx, conn, records); err != nil {
		return 0, err
	}
	return len(records), nil
}

func (s *syslog) dial(ctx context.Context) (conn net.Conn, datagrams bool, err error) {
	switch s.scheme {
	case "syslog":
		if conn, err = s.dialer.DialContext(ctx, "unixgram", s.address); errors.Is(err, syscall.EPROTOTYPE) {
			conn, err = s.dialer.DialContext(ctx, "unix", s.address)
			return conn, false, err
		}
		return conn, true, err
	case "syslog+udp":
		conn, err = s.dialer.DialContext(ctx, "udp", s.address)
		return conn, true, err
	case "syslog+tls":
		secure := &tls.Dialer{NetDialer: s.dialer, Config: &tls.Config{MinVersion: tls.VersionTLS12}}
		conn, err = secure.DialContext(ctx, "tcp", s.address)
		return conn, false, err
	}
	conn, err = s.dialer.DialContext(ctx, "tcp", s.address)
	return conn, false, err
}

// sendDatagram sends one record. If the record is too large for a datagram, it sends only the id and the hash.
func (s *syslog) sendDatagram(conn net.Conn, r *audit.FeedRecord) error {
	line, err := json.Marshal(r.Line())
	if err != nil {
		return err
	}
	_, err = conn.Write(s.message(r, line))
	if errors.Is(err, syscall.EMSGSIZE) {
		if line, err = json.Marshal(withoutContent(r)); err == nil {
			_, err = conn.Write(s.message(r, line))
		}
	}
	return err
}

// omittedRecord is sent in place of a record that is too large for a datagram.
type omittedRecord struct {
	ID      string `json:"id"`
	Hash    string `json:"hash,omitempty"`
	Omitted bool   `json:"omitted"`
}

func withoutContent(r *audit.FeedRecord) omittedRecord {
	o := omittedRecord{ID: r.ID(), Omitted: true}
	if r.Event != nil {
		o.Hash = r.Event.Hash
	}
	return o
}

// sendStream sends all records and closes its side of the connection. The records count as delivered if the receiver
// then closes its side as well, or keeps it open for closeTimeout without an error.
func (s *syslog) sendStream(ctx context.Context, conn net.Conn, records []audit.FeedRecord) error {
	var all []byte
	for _, r := range records {
		line, err := json.Marshal(r.Line())
		if err != nil {
			return err
		}
		message := s.message(&r, line)
		all = append(append(strconv.AppendInt(all, int64(len(message)), 10), ' '), message...)
	}
	if _, err := conn.Write(all); err != nil {
		return err
	}
	closer, ok := conn.(interface{ CloseWrite() error })
	if !ok {
		return nil
	}
	if err := closer.CloseWrite(); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Now().Add(closeTimeout)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := io.Copy(io.Discard, conn)
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() && ctx.Err() == nil {
		return nil // the receiver has kept its side open without an error
	}
	return err
}

// message returns a line of JSON as a message of RFC 5424:
// <priority>version time host app process message-id structured-data message.
func (s *syslog) message(r *audit.FeedRecord, line []byte) []byte {
	at, id := "-", audit.CheckpointEntity
	if r.Event != nil {
		at, id = r.Event.OccurredAt.UTC().Format(audit.TimeFormat), r.Event.Action
	}
	head := fmt.Sprintf("<%d>1 %s %s procedo %d %s - ", auditNotice, at, s.hostname, os.Getpid(), id)
	return append([]byte(head), line...)
}
