package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// skeleton is a service without any rules: each request is one batch of statements, nothing is validated, and the
// answer is built by the database. No service that keeps the same rows can do much less.
type skeleton struct {
	db   *pgxpool.Pool
	step map[string]int // place of a step in the procedure
}

// poolSize is the number of database connections of the baselines.
const poolSize = 16

// serveSkeleton serves the skeleton until the process is ended.
func serveSkeleton(ctx context.Context, address, database string) error {
	db, err := openBaseline(ctx, database, poolSize)
	if err != nil {
		return err
	}
	s := skeleton{db, map[string]int{}}
	for i, c := range fiveSteps.commits {
		s.step[c.step] = i
	}
	http.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("POST /procedures", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	http.HandleFunc("POST /runs", s.start)
	http.HandleFunc("POST /runs/{id}/steps/{step}/commit", s.commit)
	http.HandleFunc("GET /runs/{id}", s.read)
	return listen(ctx, address)
}

// listen serves the default mux until the process is ended.
func listen(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server.ListenAndServe()
}

func answer(w http.ResponseWriter, status int, body string, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s skeleton) start(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Procedure string `json:"procedure_id"`
		User      string `json:"user_id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, run, b := uuid.Must(uuid.NewV7()).String(), "", &pgx.Batch{}
	b.Queue(startRun, id, in.Procedure, in.User)
	b.Queue(readRun, id)
	err := send(r.Context(), s.db, b, &run)
	answer(w, http.StatusCreated, run, err)
}

func (s skeleton) commit(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var in content
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, step, run, b := r.PathValue("id"), r.PathValue("step"), "", &pgx.Batch{}
	b.Queue(commitStep, in.arguments(id, step, body, s.step[step], len(s.step))...)
	b.Queue(readRun, id)
	err = send(r.Context(), s.db, b, &run)
	answer(w, http.StatusOK, run, err)
}

func (s skeleton) read(w http.ResponseWriter, r *http.Request) {
	var run string
	err := s.db.QueryRow(r.Context(), readRun, r.PathValue("id")).Scan(&run)
	answer(w, http.StatusOK, run, err)
}
