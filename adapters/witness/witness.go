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
	"slices"
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
	timeout    = 15 * time.Second
	maxAnswer  = 16 << 10 // bytes
	maxHeaders = 16 << 10 // bytes
	maxProof   = 63       // hashes, by the protocol
)

// New returns the witness at a URL: the prefix to which the protocol adds /add-checkpoint. If keys are given, only
// lines that one of them signed are accepted.
func New(address string, keys []audit.WitnessKey) (*Witness, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
		u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, errors.New("the address of a witness must be http(s)://host/path, without user, query and fragment")
	}
	return &Witness{
		name: strings.TrimSuffix(u.String(), "/"), url: u.JoinPath("add-checkpoint").String(), accepted: keys,
		client: &http.Client{
			Timeout: timeout,
			Transport: &http.Transport{
				Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true,
				MaxResponseHeaderBytes: maxHeaders,
			},
			// A redirect is not followed: the protocol has none.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Name returns the URL of the witness.
func (w *Witness) Name() string { return w.name }

// Cosign asks the witness to cosign a checkpoint. The proof shows that the log has grown from the given size. No error
// contains more than a few words of the answer.
func (w *Witness) Cosign(ctx context.Context, checkpoint string, from int64, growth []audit.Hash) (string, error) {
	if len(growth) > maxProof {
		return "", fmt.Errorf("the proof has more than %d hashes", maxProof)
	}
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", from)
	for _, hash := range growth {
		body.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	body.WriteString("\n" + checkpoint)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, strings.NewReader(body.String()))
	if err != nil {
		return "", err
	}
	response, err := w.client.Do(request)
	if err != nil {
		return "", requestError{err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return "", requestError{err}
	}
	if len(text) > maxAnswer {
		return "", fmt.Errorf("its answer is longer than %d bytes", maxAnswer)
	}
	if response.StatusCode != http.StatusOK {
		return "", refusal(response, string(text))
	}
	return w.accept(string(text), checkpoint)
}

// accept returns the lines of an answer. If keys are given, it returns only those that one of them signed.
func (w *Witness) accept(text, checkpoint string) (string, error) {
	lines, err := audit.SignatureLines(text)
	if err != nil {
		return "", errors.New("its answer does not consist of lines with signatures")
	}
	if len(w.accepted) == 0 {
		return text, nil
	}
	signed, _, _ := strings.Cut(checkpoint, "\n\n")
	var accepted strings.Builder
	for i, line := range slices.Collect(strings.Lines(text)) {
		if slices.ContainsFunc(w.accepted, func(k audit.WitnessKey) bool {
			_, err := k.Verify(signed+"\n", lines[i])
			return err == nil
		}) {
			accepted.WriteString(line)
		}
	}
	if accepted.Len() == 0 {
		return "", errors.New("none of its signatures is valid and from a given key")
	}
	return accepted.String(), nil
}

var _ app.Witness = (*Witness)(nil)
