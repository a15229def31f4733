package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

const (
	maxAnswer   = 64 << 10 // bytes of an answer that are read
	maxIdle     = 2        // idle connections
	firstWait   = time.Second
	longestWait = 10 * time.Second // between two attempts
)

// exporter sends spans to a collector.
type exporter struct {
	settings Settings
	client   *http.Client
	agent    string
}

func newExporter(s Settings, version string) *exporter {
	return &exporter{settings: s, agent: "procedo/" + version, client: &http.Client{
		Timeout: s.timeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: s.tls, MaxIdleConnsPerHost: maxIdle,
			ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute,
		},
		// A redirect is not followed: spans and headers must be sent only to the configured address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// temporaryError means that a later attempt may succeed.
type temporaryError struct {
	error
	wait time.Duration // that the collector asks for, or 0
}

func (e temporaryError) Unwrap() error { return e.error }

// export sends spans. It tries again after a temporary error until ctx ends; stopping is closed once nothing may wait.
// It returns how many of the spans the collector has refused.
func (e *exporter) export(ctx context.Context, spans []sdk.ReadOnlySpan, stopping <-chan struct{}) (int, error) {
	body, err := e.body(spans)
	if err != nil {
		return 0, err
	}
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		rejected, err := e.post(ctx, body)
		var temporary temporaryError
		if !errors.As(err, &temporary) {
			return rejected, err
		}
		timer := time.NewTimer(max(wait, min(temporary.wait, longestWait)))
		select {
		case <-timer.C:
			continue
		case <-stopping:
		case <-ctx.Done():
		}
		timer.Stop()
		return 0, err
	}
}

// body returns the body of a request.
func (e *exporter) body(spans []sdk.ReadOnlySpan) ([]byte, error) {
	data := encode(spans)
	if !e.settings.gzip {
		return data, nil
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write(data)
	err = errors.Join(err, w.Close())
	return zipped.Bytes(), err
}

// post sends a request.
func (e *exporter) post(ctx context.Context, body []byte) (rejected int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.settings.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", e.agent)
	if e.settings.user != nil {
		password, _ := e.settings.user.Password()
		req.SetBasicAuth(e.settings.user.Username(), password)
	}
	for name, value := range e.settings.headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	if e.settings.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	res, err := e.client.Do(req)
	if err != nil {
		var withURL *url.Error
		if errors.As(err, &withURL) { // its text shows the URL, which may hold secrets
			err = withURL.Err
		}
		return 0, temporaryError{err, 0}
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return 0, temporaryError{statusError(res.StatusCode), time.Duration(min(max(0, seconds), 3600)) * time.Second}
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return 0, statusError(res.StatusCode)
	}
	return rejectedSpans(answer), nil
}

// statusError is an answer that is not 2xx.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("answered with status %d", int(e)) }
