package tracing

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Settings say where spans are sent, and how.
type Settings struct {
	endpoint *url.URL // without user
	user     *url.Userinfo
	headers  map[string]string
	timeout  time.Duration // of an attempt
	gzip     bool
	tls      *tls.Config // nil: the defaults
	queue    queueSettings
}

// variables of the specification of OpenTelemetry. Those of an exporter apply to all signals; the same with TRACES_
// apply to traces and take precedence.
const (
	exporterVariable = "OTEL_EXPORTER_OTLP_"
	queueVariable    = "OTEL_BSP_"
)

// InvalidError means that a setting cannot be used. It does not show the value, which may hold a secret.
type InvalidError struct {
	Name  string // of the variable or the flag
	Wants string // what it must be, such as WantsURL
}

// What a setting must be.
const (
	WantsExporter    = "exporter" // otlp or none
	WantsURL         = "url"
	WantsProtocol    = "protocol"    // http/protobuf
	WantsCompression = "compression" // gzip or none
	WantsHeaders     = "headers"
	WantsCertificate = "certificate" // a file in PEM
	WantsNumber      = "number"      // from 1 to MaxNumber
)

func (e InvalidError) Error() string { return e.Name + ": not a valid " + e.Wants }

// Read returns the settings of the standard variables (OTEL_…). The endpoint, if it is not empty, is used in place of
// the variables for it; name is what it is called in errors. On is false if no collector is configured, or if the
// variables say that no traces are wanted.
func Read(name, endpoint string) (s Settings, on bool, err error) {
	switch exporters := os.Getenv("OTEL_TRACES_EXPORTER"); {
	case strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || exporters == "none":
		return s, false, nil
	case exporters == "otlp":
		on = true
	case exporters != "":
		return s, false, InvalidError{"OTEL_TRACES_EXPORTER", WantsExporter}
	}
	given, err := s.readEndpoint(name, endpoint)
	if err != nil || !given && !on {
		return s, false, err
	}
	return s, true, errors.Join(s.readProtocol(), s.readHeaders(), s.readTLS(), s.readTimes())
}

// defaultEndpoint is where collectors listen.
const defaultEndpoint = "http://localhost:4318"

// readEndpoint sets the endpoint. It reports whether one is given.
func (s *Settings) readEndpoint(name, endpoint string) (given bool, err error) {
	text, base := endpoint, true
	if text == "" {
		name = exporterVariable + "TRACES_ENDPOINT"
		text, base = os.Getenv(name), false
	}
	if text == "" {
		name = exporterVariable + "ENDPOINT"
		text, base = os.Getenv(name), true
	}
	if given = text != ""; !given {
		text = defaultEndpoint
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
		return false, InvalidError{name, WantsURL}
	}
	if base {
		u = u.JoinPath("v1", "traces")
	}
	s.user, u.User = u.User, nil
	s.endpoint = u
	return given, nil
}

// setting returns the value of a variable of the exporter, and the name of the variable.
func setting(name string) (value, variable string) {
	variable = exporterVariable + "TRACES_" + name
	if value = os.Getenv(variable); value == "" {
		variable = exporterVariable + name
		value = os.Getenv(variable)
	}
	return value, variable
}

func (s *Settings) readProtocol() error {
	if value, name := setting("PROTOCOL"); value != "" && value != "http/protobuf" {
		return InvalidError{name, WantsProtocol}
	}
	switch value, name := setting("COMPRESSION"); value {
	case "", "none":
	case "gzip":
		s.gzip = true
	default:
		return InvalidError{name, WantsCompression}
	}
	return nil
}

// readHeaders sets the headers: name=value pairs, separated by commas, with values in percent-encoding.
func (s *Settings) readHeaders() error {
	text, name := setting("HEADERS")
	s.headers = map[string]string{}
	for _, pair := range list(text) {
		if pair == "" {
			continue
		}
		key, escaped, found := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(escaped))
		if key = strings.TrimSpace(key); !found || err != nil || !isHeader(key, value) {
			return InvalidError{name, WantsHeaders}
		}
		s.headers[key] = value
	}
	return nil
}

// isHeader reports whether a name and a value can be those of a header (RFC 9110, section 5).
func isHeader(name, value string) bool {
	const others = "!#$%&'*+-.^_`|~"
	isToken := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(others, r)
	}
	isControl := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	return name != "" && strings.TrimLeftFunc(name, isToken) == "" && !strings.ContainsFunc(value, isControl)
}

// readTLS sets the certificates: of the authorities that the collector is checked against, and of this client.
func (s *Settings) readTLS() error {
	authorities, name := setting("CERTIFICATE")
	certificate, ownName := setting("CLIENT_CERTIFICATE")
	key, _ := setting("CLIENT_KEY")
	if authorities == "" && certificate == "" && key == "" {
		return nil
	}
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities != "" {
		data, err := os.ReadFile(authorities)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(data) {
			return InvalidError{name, WantsCertificate}
		}
	}
	if certificate == "" && key == "" {
		return nil
	}
	own, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return fmt.Errorf("%s: %w", ownName, err)
	}
	s.tls.Certificates = []tls.Certificate{own}
	return nil
}

// readTimes sets the time limits, which the variables give in milliseconds, and the sizes of the queue.
func (s *Settings) readTimes() error {
	text, name := setting("TIMEOUT")
	timeout, err := positive(name, text, 10_000)
	delay, err1 := positiveVariable("SCHEDULE_DELAY", 5_000)
	total, err2 := positiveVariable("EXPORT_TIMEOUT", 30_000)
	size, err3 := positiveVariable("MAX_QUEUE_SIZE", 2048)
	batch, err4 := positiveVariable("MAX_EXPORT_BATCH_SIZE", 512)
	s.timeout = time.Duration(timeout) * time.Millisecond
	s.queue = queueSettings{
		delay: time.Duration(delay) * time.Millisecond, timeout: time.Duration(total) * time.Millisecond,
		size: size, batch: min(batch, size),
	}
	return errors.Join(err, err1, err2, err3, err4)
}

func positiveVariable(name string, otherwise int) (int, error) {
	name = queueVariable + name
	return positive(name, os.Getenv(name), otherwise)
}

// MaxNumber is the largest number of a variable: a day in milliseconds.
const MaxNumber = 24 * 60 * 60 * 1000

// positive returns a number from a variable.
func positive(name, text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 1 || n > MaxNumber {
		return 0, InvalidError{name, WantsNumber}
	}
	return n, nil
}

// Shown returns the endpoint without secrets.
func (s Settings) Shown() string {
	shown := url.URL{Scheme: s.endpoint.Scheme, Host: s.endpoint.Host, Path: s.endpoint.Path}
	return shown.String()
}
