package auditsink

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.opentelemetry.io/otel/propagation"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/audit"
)

// webhook sends each record in a POST request of its own, signed according to Standard Webhooks (standardwebhooks.com),
// version 1.
type webhook struct {
	name    string
	url     string // without user and password
	user    *url.Userinfo
	signers []*standardwebhooks.Webhook
	client  *http.Client
}

const (
	postTimeout        = 15 * time.Second
	maxConcurrentPosts = 8
	// Standard Webhooks limits the size of a secret, in bytes.
	minSecretSize, maxSecretSize = 24, 64
)

func newWebhook(u *url.URL, o Options) (*webhook, error) {
	if u.Host == "" {
		return nil, fmt.Errorf("audit sink %s: want http(s)://host/path", sinkName(u))
	}
	if len(o.Secrets) == 0 {
		return nil, fmt.Errorf("audit sink %s: PROCEDO_AUDIT_SINK_SECRET must hold the secret that signs the requests: "+
			"whsec_ followed by %d to %d bytes in base64", sinkName(u), minSecretSize, maxSecretSize)
	}
	w := &webhook{name: sinkName(u), user: u.User}
	withoutUser := *u
	withoutUser.User = nil
	w.url = withoutUser.String()
	for i, secret := range o.Secrets {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(raw) < minSecretSize || len(raw) > maxSecretSize || !strings.HasPrefix(secret, "whsec_") {
			return nil, fmt.Errorf("PROCEDO_AUDIT_SINK_SECRET: secret %d is not whsec_ followed by %d to %d bytes in base64",
				i+1, minSecretSize, maxSecretSize)
		}
		signer, err := standardwebhooks.NewWebhookRaw(raw)
		if err != nil {
			return nil, err
		}
		w.signers = append(w.signers, signer)
	}
	w.client = &http.Client{
		Timeout: postTimeout,
		Transport: &http.Transport{
			DialContext: dialer(o.AllowPrivate).DialContext, MaxIdleConnsPerHost: maxConcurrentPosts,
			ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTimeout,
		},
		// A redirect is not followed, because records must be sent only to the configured address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w, nil
}

// Name returns the URL of the sink without secrets.
func (w *webhook) Name() string { return w.name }

// Deliver posts the records of each entity, such as a run, one after another and in order. It does so for up to
// maxConcurrentPosts entities at the same time. After the first failure, it cancels the other requests.
func (w *webhook) Deliver(ctx context.Context, records []audit.FeedRecord) (int, error) {
	delivered := make([]bool, len(records))
	var posts errgroup.Group
	posts.SetLimit(maxConcurrentPosts)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, indexes := range indexesByEntity(records) {
		posts.Go(func() error {
			for _, i := range indexes {
				if ctx.Err() != nil {
					return nil //nolint:nilerr // Deliver returns context.Cause(ctx)
				}
				if err := w.post(ctx, &records[i]); err != nil {
					cancel(err)
					return nil
				}
				delivered[i] = true
			}
			return nil
		})
	}
	_ = posts.Wait() // always nil; the first failure is context.Cause(ctx)
	n := 0
	for n < len(delivered) && delivered[n] {
		n++
	}
	if n == len(delivered) {
		return n, nil
	}
	return n, context.Cause(ctx)
}

// indexesByEntity returns the indexes of the records of each entity, in the order in which the entities first appear.
func indexesByEntity(records []audit.FeedRecord) [][]int {
	groups := map[audit.Entity]int{}
	var indexes [][]int
	for i, r := range records {
		group, known := groups[r.Entity]
		if !known {
			group = len(indexes)
			groups[r.Entity], indexes = group, append(indexes, nil)
		}
		indexes[group] = append(indexes[group], i)
	}
	return indexes
}

func (w *webhook) post(ctx context.Context, r *audit.FeedRecord) error {
	body, err := json.Marshal(r.Line())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	id, now := r.DeliveryID(), time.Now()
	signatures := make([]string, len(w.signers))
	for i, s := range w.signers {
		if signatures[i], err = s.Sign(id, now, body); err != nil {
			return err
		}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "procedo")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(req.Header)) // nothing, if it is not traced
	if w.user != nil {
		password, _ := w.user.Password()
		req.SetBasicAuth(w.user.Username(), password)
	}
	res, err := w.client.Do(req)
	if err != nil {
		var urlErr *url.Error
		if errors.As(err, &urlErr) { // the text of a url.Error shows the URL, which may hold secrets
			err = urlErr.Err
		}
		return fmt.Errorf("%s: %w", r.ID(), err)
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // the connection can be reused once the body has been read
	_ = res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return &RefusedError{ID: r.ID(), Status: res.StatusCode, RetryAfter: retryAfter(res.Header.Get("Retry-After"))}
	}
	return nil
}

// RefusedError means that a webhook's receiver answered with a status that is not 2xx.
type RefusedError struct {
	ID         string // the id of the record
	Status     int
	RetryAfter time.Duration // the wait that the receiver asks for, or 0
}

func (r *RefusedError) Error() string {
	return fmt.Sprintf("%s: answered with status %d", r.ID, r.Status)
}

// retryAfter parses a Retry-After header (RFC 9110, section 10.2.3): a number of seconds or a date. It returns the time
// to wait, at most longestWait, or 0 if the header is absent or malformed.
func retryAfter(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(min(n, int(longestWait/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, time.Until(at)), longestWait)
	}
	return 0
}
