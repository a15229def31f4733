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
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/audit"
)

// webhook posts each record by itself, signed as Standard Webhooks wants it (standardwebhooks.com, version 1).
type webhook struct {
	name   string
	url    string
	user   *url.Userinfo
	sign   []*standardwebhooks.Webhook
	client *http.Client
}

const (
	postTime  = 15 * time.Second
	postsOnce = 8 // entities that are posted for at once
	// Bounds of a secret in bytes, from the specification.
	leastSecret, mostSecret = 24, 64
)

func newWebhook(u *url.URL, o Options) (*webhook, error) {
	if u.Host == "" {
		return nil, fmt.Errorf("audit sink %s: want http(s)://host/path", name(u))
	}
	if len(o.Secrets) == 0 {
		return nil, fmt.Errorf("audit sink %s: webhooks are signed: PROCEDO_AUDIT_SINK_SECRET holds the secret, whsec_ and %d to %d bytes in base64", name(u), leastSecret, mostSecret)
	}
	w := &webhook{name: name(u), user: u.User}
	plain := *u
	plain.User = nil
	w.url = plain.String()
	for i, secret := range o.Secrets {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(raw) < leastSecret || len(raw) > mostSecret || !strings.HasPrefix(secret, "whsec_") {
			return nil, fmt.Errorf("PROCEDO_AUDIT_SINK_SECRET: secret %d is not whsec_ and %d to %d bytes in base64", i+1, leastSecret, mostSecret)
		}
		signer, err := standardwebhooks.NewWebhookRaw(raw)
		if err != nil {
			return nil, err
		}
		w.sign = append(w.sign, signer)
	}
	w.client = &http.Client{
		Timeout:       postTime,
		Transport:     &http.Transport{DialContext: dialer(o.AllowPrivate).DialContext, MaxIdleConnsPerHost: postsOnce, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTime},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the record is for this address alone
	}
	return w, nil
}

// Name is what its deliveries are kept under.
func (w *webhook) Name() string { return w.name }

// Deliver posts the records of several entities at once, those of one in their order. The first that fails ends it.
func (w *webhook) Deliver(ctx context.Context, records []audit.FeedRecord) (int, error) {
	taken := make([]bool, len(records))
	var posting errgroup.Group
	posting.SetLimit(postsOnce)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, own := range byEntity(records) {
		posting.Go(func() error {
			for _, i := range own {
				if ctx.Err() != nil {
					return nil //nolint:nilerr // the cause is kept
				}
				if err := w.post(ctx, &records[i]); err != nil {
					cancel(err)
					return nil
				}
				taken[i] = true
			}
			return nil
		})
	}
	_ = posting.Wait() // the cause is kept
	n := 0
	for n < len(taken) && taken[n] {
		n++
	}
	if n == len(taken) {
		return n, nil
	}
	return n, context.Cause(ctx)
}

// byEntity are the places of the records of each entity, in the order in which entities come.
func byEntity(records []audit.FeedRecord) [][]int {
	places := map[audit.Entity]int{}
	var all [][]int
	for i, r := range records {
		of := r.Entity
		at, known := places[of]
		if !known {
			at = len(all)
			places[of], all = at, append(all, nil)
		}
		all[at] = append(all[at], i)
	}
	return all
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
	now := time.Now()
	signatures := make([]string, len(w.sign))
	for i, s := range w.sign {
		if signatures[i], err = s.Sign(r.ID(), now, body); err != nil {
			return err
		}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "procedo")
	req.Header.Set(standardwebhooks.HeaderWebhookID, r.ID())
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	if w.user != nil {
		password, _ := w.user.Password()
		req.SetBasicAuth(w.user.Username(), password)
	}
	res, err := w.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // which would tell the address, with whatever it holds
			err = u.Err
		}
		return fmt.Errorf("%s: %w", r.ID(), err)
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be used again
	_ = res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return &RefusedError{ID: r.ID(), Status: res.StatusCode, After: retryAfter(res.Header.Get("Retry-After"))}
	}
	return nil
}

// RefusedError is an answer that is not a success.
type RefusedError struct {
	ID     string
	Status int
	After  time.Duration // how long the receiver asks to be left alone; 0 where it does not
}

func (r *RefusedError) Error() string {
	return fmt.Sprintf("%s: answered with status %d", r.ID, r.Status)
}

// retryAfter reads the header (RFC 9110, section 10.2.3): seconds or a date.
func retryAfter(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(min(n, int(longestWait/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, time.Until(at)), longestWait)
	}
	return 0
}
