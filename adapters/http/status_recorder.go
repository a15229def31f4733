package http

import "net/http"

// statusRecorder records the status of a response.
type statusRecorder struct {
	http.ResponseWriter
	status int
	sent   bool
}

// WriteHeader records and sends the status. A second status, of a problem that occurs after the response has begun, is
// dropped.
func (w *statusRecorder) WriteHeader(status int) {
	if w.sent {
		return
	}
	w.status, w.sent = status, status >= http.StatusOK // the others are informational
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body, and before it the status 200 if none has been sent.
func (w *statusRecorder) Write(data []byte) (int, error) {
	w.sent = true
	return w.ResponseWriter.Write(data)
}

// Unwrap returns the underlying writer, for http.ResponseController.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
