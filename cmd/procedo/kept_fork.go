package main

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

// keptNotes holds the notes of kept checkpoints, and where each was found.
type keptNotes struct {
	notes  []string
	places []string
}

func (k *keptNotes) add(file string, notes []string) {
	for i, note := range notes {
		k.notes = append(k.notes, note)
		k.places = append(k.places, say("kept_note", fault.Params{"file": file, "number": i + 1}))
	}
}

// checkpoints reads the notes. If two of them contradict each other, the error names them, and says which of them does
// not belong to the given database, if one is given.
func (k *keptNotes) checkpoints(ctx context.Context, of database) (verify.Kept, error) {
	kept, err := verify.KeptCheckpoints(k.notes)
	fork, ok := errors.AsType[verify.ForkError](err)
	if !ok {
		return kept, err
	}
	params := fault.Params{
		"first": k.places[fork.First], "second": k.places[fork.Second], "what": terminalLocale().Wrong(fork.Problem),
	}
	foreign, err := k.foreign(ctx, of, fork.First, fork.Second)
	switch len(foreign) {
	case 1:
		params["foreign"] = foreign[0]
	case 2: //nolint:mnd // both
		params["neither"] = true
	}
	return kept, errors.Join(failure("kept_fork", params), err)
}

// foreign returns the places of the notes at the given positions that do not belong to a database.
func (k *keptNotes) foreign(ctx context.Context, of database, positions ...int) (places []string, err error) {
	if of.DatabaseURL == "" {
		return nil, nil
	}
	w, err := of.openReading(ctx)
	if err != nil {
		return nil, err
	}
	defer w.close()
	for _, i := range positions {
		belongs, err := w.verifier.Belongs(ctx, k.notes[i])
		if err != nil {
			return nil, err
		}
		if !belongs {
			places = append(places, k.places[i])
		}
	}
	return places, nil
}

func isFork(err error) bool {
	_, ok := errors.AsType[verify.ForkError](err)
	return ok
}
