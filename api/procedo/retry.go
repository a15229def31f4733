package procedo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// retrier sends requests. It repeats a request that the service did not carry out or whose answer was lost, if a repeat
// cannot have a second effect.
type retrier struct{ settings }

const idempotencyKey = "Idempotency-Key"

// Do sends a request, and repeats it as the settings say.
func (t *retrier) Do(r *http.Request) (*http.Response, error) {
	if (t.retries > 0 || t.wait != nil) && takesKey(r) && r.Header.Get(idempotencyKey) == "" {
		r.Header.Set(idempotencyKey, uuid.NewString())
	}
	for attempt := 0; ; attempt++ {
		res, err := t.once(r)
		if r.Context().Err() != nil || (r.Body != nil && r.GetBody == nil) {
			return res, err
		}
		if !t.isTemporary(r, res, err) {
			return t.answered(res, err, attempt)
		}
		if t.wait == nil && (attempt >= t.retries || retryAfter(res) > t.maxPause) {
			return res, err
		}
		if res != nil {
			res.Body.Close()
		}
		if err = t.pause(r.Context(), attempt, res, err); err != nil {
			return nil, err
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// answered returns an answer. It first reports the end of a wait.
func (t *retrier) answered(res *http.Response, err error, repeats int) (*http.Response, error) {
	if t.back == nil || repeats == 0 || err != nil {
		return res, err
	}
	if err := t.back(); err != nil {
		res.Body.Close()
		return nil, err
	}
	return res, nil
}

// pause returns when it is time for a repeat: when wait says so, or after a time that grows with each repeat, and which
// is at least what the answer asks for.
func (t *retrier) pause(ctx context.Context, attempt int, res *http.Response, err error) error {
	if t.wait != nil {
		return t.wait(ctx, attempt, err)
	}
	pause := min(250*time.Millisecond<<min(attempt, 16), t.maxPause)
	pause = pause/2 + rand.N(pause/2+1) //nolint:gosec // spreads repeats, needs no secrecy
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(pause, retryAfter(res))):
		return nil
	}
}

// once sends a request once. It reads the answer, except a bundle, which can be large, so that an answer which breaks
// off is an error here.
func (t *retrier) once(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/bundle") {
		return t.doer.Do(r)
	}
	if t.timeout > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), t.timeout)
		defer cancel()
		r = r.WithContext(ctx)
	}
	res, err := t.doer.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, err
}

// takesKey reports whether a request takes an Idempotency-Key: a POST that stores something, and not anew each time.
func takesKey(r *http.Request) bool {
	return r.Method == http.MethodPost && !isEffectless(r) && !isRecordedAnew(r)
}

// isEffectless reports whether a POST stores nothing. Such a POST takes no Idempotency-Key.
func isEffectless(r *http.Request) bool {
	for _, end := range []string{"/procedures/lint", "/procedures/simulate", "/check"} {
		if strings.HasSuffix(r.URL.Path, end) {
			return true
		}
	}
	return false
}

// isRecordedAnew reports whether each request is carried out and recorded by itself. It takes no Idempotency-Key.
func isRecordedAnew(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/reveal") }

// oneTag matches a single strong ETag (RFC 9110, section 8.8.3).
var oneTag = regexp.MustCompile(`^"[^"]*"$`)

// isRepeatable reports whether a request has the same effect if it is carried out twice.
func isRepeatable(r *http.Request) bool {
	tags := r.Header.Get("If-Match")
	switch r.Method {
	case http.MethodPut: // a repeat with If-Match would be refused as stale if the first was carried out
		return tags == ""
	case http.MethodPatch:
		// A draft that is stored already changes nothing, whatever its tag. With one tag, a repeat is refused if somebody
		// has changed the run meanwhile; with several or *, it could overwrite that.
		return tags == "" || oneTag.MatchString(tags)
	}
	return !isRecordedAnew(r) // any other POST has an Idempotency-Key or stores nothing
}

// isTemporary reports whether a later repeat can succeed, and can have no second effect.
func (t *retrier) isTemporary(r *http.Request, res *http.Response, err error) bool {
	if err != nil {
		return isRepeatable(r)
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests: // not carried out
		return t.wait == nil // a 429 is an answer, and WithWait waits for a service that does not answer
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return isRepeatable(r)
	case http.StatusConflict: // the first request with this Idempotency-Key may still be running
		body, err := io.ReadAll(res.Body)
		res.Body = io.NopCloser(bytes.NewReader(body))
		var problem struct{ Code string }
		return isRepeatable(r) && err == nil && json.Unmarshal(body, &problem) == nil &&
			problem.Code == "idempotency.in_progress"
	}
	return false
}

// retryAfter returns the pause that an answer asks for, in seconds or until a date (RFC 9110, section 10.2.3), or 0. It
// returns 0 if there is no answer.
func retryAfter(res *http.Response) time.Duration {
	if res == nil {
		return 0
	}
	asked := res.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(asked, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(asked)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(res.Header.Get("Date")) // by the clock of the server
	if err != nil {
		now = time.Now()
	}
	return max(until.Sub(now), 0)
}
