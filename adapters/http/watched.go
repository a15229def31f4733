package http

import "net/http"

// watched remembers the status that was sent.
type watched struct {
	http.ResponseWriter
	status int
}

// WriteHeader sends the status.
func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController what the writer below can do.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
