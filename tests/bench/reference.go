package main

import (
	"context"
	"net/http"
	"os"
)

// The reference for hot reads looks up a head by primary key, as every read of Procedo must, and then sends the same
// bytes each time.
const (
	headsSchema = `CREATE TABLE heads (id uuid PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL);
		INSERT INTO heads SELECT gen_random_uuid(), n, repeat(md5(n::text), 2) FROM generate_series(1, 2000) n;
		INSERT INTO heads VALUES ('` + hotRun + `', 12, repeat(md5('hot'), 2))`
	hotRun = "0190a0a0-0000-7000-8000-000000000001"
)

// bodyVariable is the environment variable that names the file with the answer of the reference.
const bodyVariable = "PROCEDO_BENCH_BODY"

// serveReference serves the reference until the process is ended.
func serveReference(ctx context.Context, address, database string) error {
	body, err := os.ReadFile(os.Getenv(bodyVariable))
	if err != nil {
		return err
	}
	db, err := openBaseline(ctx, database, poolSize)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, headsSchema); err != nil {
		return err
	}
	http.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /runs/{id}", func(w http.ResponseWriter, r *http.Request) {
		var seq int64
		var hash string
		row := db.QueryRow(r.Context(), "SELECT seq, hash FROM heads WHERE id = $1", r.PathValue("id"))
		err := row.Scan(&seq, &hash)
		answer(w, http.StatusOK, string(body), err)
	})
	return listen(ctx, address)
}
