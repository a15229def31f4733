// Package witness asks witnesses over HTTP to cosign checkpoints (c2sp.org/tlog-witness).
package witness

import (
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

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Witness is an app.Witness at a URL.
type Witness struct {
	name     string // its URL
	url      string // with /add-checkpoint
	accepted []audit.WitnessKey
	client   *http.Client
}

const (
	timeout   = 15 * time.Second
	maxAnswer = 16 << 10 // bytes
	maxProof  = 63       // hashes, by the protocol
	sizeType  = "text/x.tlog.size"
)

// New returns the witness at a URL: the prefix to which the protocol adds /add-checkpoint. If keys are given, its
// signatures must be valid, and from one of them.
func New(address string, keys []audit.WitnessKey) (*Witness, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of a witness must be http(s)://host/path, without user, query and fragment")
	}
	return &Witness{
		name: u.String(), url: u.JoinPath("add-checkpoint").String(), accepted: keys,
		client: &http.Client{
			Timeout: timeout,
			// A redirect is not followed: the protocol has none.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Name returns the URL of the witness.
func (w *Witness) Name() string { return w.name }

// Cosign asks the witness to cosign a checkpoint. The proof shows that the log has grown from the given size.
func (w *Witness) Cosign(
	ctx context.Context, checkpoint string, from int64, growth []audit.Hash,
) (lines string, err error) {
	if len(growth) > maxProof {
		return "", w.errorf("the proof has more than %d hashes", maxProof)
	}
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", from)
	for _, hash := range growth {
		body.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	body.WriteString("\n" + checkpoint)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, strings.NewReader(body.String()))
	if err != nil {
		return "", w.errorf("%w", err)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return "", w.errorf("%w", withoutURL(err))
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil || len(text) > maxAnswer {
		return "", w.errorf("its answer cannot be read, or is longer than %d bytes", maxAnswer)
	}
	return w.answer(response, string(text), checkpoint)
}

// answer returns what an answer of the witness means.
func (w *Witness) answer(response *http.Response, text, checkpoint string) (string, error) {
	switch response.StatusCode {
	case http.StatusOK:
		return w.valid(text, checkpoint)
	case http.StatusConflict:
		if kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";"); kind != sizeType {
			return "", w.errorf("%w", app.ErrInconsistent)
		}
		size, err := strconv.ParseInt(strings.TrimSuffix(text, "\n"), 10, 64)
		if err != nil || size < 0 {
			return "", w.errorf("it answers 409 without the size of the log")
		}
		return "", w.errorf("%w", app.WitnessedSizeError{Size: size})
	case http.StatusUnprocessableEntity:
		return "", w.errorf("%w", app.ErrInconsistent)
	case http.StatusNotFound:
		return "", w.errorf("it does not know this log (404): it must be told the origin and the key of the log")
	case http.StatusForbidden:
		return "", w.errorf("it does not know the key that signed the checkpoint (403)")
	}
	return "", w.errorf("it answers %s", response.Status)
}

// valid returns the lines of an answer. If keys are given, it returns only those that one of them signed.
func (w *Witness) valid(text, checkpoint string) (string, error) {
	if len(w.accepted) == 0 {
		return text, nil
	}
	body, _, _ := strings.Cut(checkpoint, "\n\n")
	var kept strings.Builder
	for line := range strings.Lines(text) {
		lines, err := audit.SignatureLines(line)
		if err != nil {
			return "", w.errorf("%w", err)
		}
		for _, key := range w.accepted {
			if _, err := key.Verify(body+"\n", lines[0]); err == nil {
				kept.WriteString(line)
				break
			}
		}
	}
	if kept.Len() == 0 {
		return "", w.errorf("none of its signatures is valid and from a given key")
	}
	return kept.String(), nil
}

func (w *Witness) errorf(format string, args ...any) error {
	return fmt.Errorf("witness "+w.name+": "+format, args...) //nolint:err113 // the text names the witness
}

// withoutURL returns the reason of an error of a request, without its URL.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
