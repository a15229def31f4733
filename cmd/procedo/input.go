package main

import (
	"context"
	"io"
	"os"
)

// Everything that commands read from files and from standard input is read through this file, because a read from a
// terminal or a pipe can wait for ever, and a signal must end the program all the same. A test checks it.

// await calls read, which cannot be cancelled, and returns its result. If ctx is done first, it returns the error of
// ctx, and leaves read to go on until the program ends: read must not change what the caller uses afterwards.
func await[T any](ctx context.Context, read func() (T, error)) (value T, err error) {
	if err := ctx.Err(); err != nil {
		return value, err
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

// readInput returns the content of a file, or the error of ctx as soon as ctx is done.
func readInput(ctx context.Context, name string) ([]byte, error) {
	return await(ctx, func() ([]byte, error) { return os.ReadFile(name) })
}

// readStart is like readFile for at most the first n bytes. The file may be a device that never ends.
func readStart(ctx context.Context, name string, n int64) ([]byte, error) {
	f, err := openInput(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, n))
}

// input is a file that is read until ctx is done.
type input struct {
	ctx     context.Context //nolint:containedctx // a Read is given none
	file    *os.File
	regular bool
}

// openInput opens a file for reading. The opening and each Read return the error of ctx as soon as ctx is done: opening
// a named pipe waits for a writer.
func openInput(ctx context.Context, name string) (*input, error) {
	return await(ctx, func() (*input, error) {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		return newInput(ctx, file), nil
	})
}

// standardInput returns standard input, which is read until ctx is done.
func standardInput(ctx context.Context) *input { return newInput(ctx, os.Stdin) }

func newInput(ctx context.Context, file *os.File) *input {
	info, err := file.Stat()
	return &input{ctx: ctx, file: file, regular: err == nil && info.Mode().IsRegular()}
}

// Read is like that of a file. A regular file does not let a reader wait.
func (in *input) Read(p []byte) (int, error) {
	if in.regular {
		if err := in.ctx.Err(); err != nil {
			return 0, err
		}
		return in.file.Read(p)
	}
	own := make([]byte, len(p)) // a read that is left alone must not write to p
	n, err := await(in.ctx, func() (int, error) { return in.file.Read(own) })
	return copy(p, own[:n]), err
}

// Close closes the file.
func (in *input) Close() error { return in.file.Close() }
