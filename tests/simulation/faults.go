package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// weather holds how often each fault happens in one simulation: once in so many effects; 0 is never.
type weather struct {
	before, after, delay, slow, moved, cache, forget, lost, twin, restart, jump, cancel int
}

// drawWeather makes some faults frequent and leaves others out, so that different seeds try different mixtures.
func drawWeather(rng *rand.Rand) weather {
	rate := func(often, seldom int) int {
		switch rng.IntN(3) {
		case 0:
			return 0
		case 1:
			return often
		}
		return seldom
	}
	return weather{
		before: rate(15, 60), after: rate(15, 60), delay: rate(6, 30), slow: rate(1, 5), moved: rate(2, 15),
		cache: rate(10, 50), forget: rate(20, 80), lost: rate(4, 12), twin: rate(3, 8), restart: rate(60, 300),
		jump: rate(15, 80), cancel: rate(15, 80),
	}
}

// happens reports whether something that happens one time in n happens now.
func happens(rng *rand.Rand, n int) bool { return n > 0 && rng.IntN(n) == 0 }

// errCrash is what a caller gets from a storage that fails: it is not known whether the effect has happened.
var errCrash = fault.New(fault.Unavailable, "service.unavailable", nil)

// errCache is the error of a cache that cannot be reached.
var errCache = errors.New("the cache cannot be reached")

// faulty carries out an effect of the storage, which may fail before or after it. After the end of a request, its
// effect may still happen.
func (w *world) faulty(ctx context.Context, at *replica, effect func() error) (outcome string, err error) {
	ended := ctx.Err() != nil
	switch {
	case at.dead, w.violation != nil:
		return "the replica is gone", errCrash
	case ended && w.rng.IntN(2) == 0:
		return "cancelled", errCrash
	case ended:
		return "cancelled too late: " + told(effect()), errCrash
	case w.calm:
	case happens(w.rng, w.weather.before):
		return w.count("crash before"), errCrash
	case happens(w.rng, w.weather.after):
		err := effect()
		return w.count("crash after") + ": " + told(err), errCrash
	}
	err = effect()
	return told(err), err
}

// told returns the outcome of an effect for the story.
func told(err error) string {
	var f *fault.Error
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, app.ErrMoved):
		return "moved"
	case errors.Is(err, app.ErrReceiptTaken):
		return "receipt taken"
	case errors.As(err, &f) && f.Kind == fault.Internal:
		return fmt.Sprintf("%s %v", f.Code, f.Unwrap())
	case errors.As(err, &f):
		return fmt.Sprintf("%s %s", f.Kind, f.Code)
	}
	return err.Error()
}
