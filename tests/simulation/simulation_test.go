package simulation

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// few is the number of simulations that make test has time for.
const few = 250

// seeds returns the first of the seeds to run, and their number. PROCEDO_TEST_SEED selects one seed, or the first one
// of as many as PROCEDO_TEST_SEEDS says.
func seeds(t *testing.T) (first uint64, count int) {
	t.Helper()
	count = few
	if text := os.Getenv("PROCEDO_TEST_SEED"); text != "" {
		var err error
		first, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		count = 1
	}
	if text := os.Getenv("PROCEDO_TEST_SEEDS"); text != "" {
		var err error
		count, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return first, count
}

// needed is what the simulations must reach. Otherwise, they would show little.
var needed = []string{
	"crash before", "crash after", "delay", "duplicate", "late repeat", "restarts", "the clock jumps",
	"the answer is lost", "the request is cancelled", "cache fails", "cache forgets", "locked by another", "lock", "group",
	"replayed",
	"event run.completed", "event run.failed", "event step.committed", "event step.draft_saved", "event step.amended",
	"event step.skipped", "event slot.revealed", "event run.content_erased", "event step.commit_refused",
	"event procedure.version_published", "event procedure.archived", "event procedure.unarchived",
	"answered run.stale", "answered run.state", "answered step.agent", "answered step.already_committed",
	"answered step.visit", "answered step.out_of_order", "answered values.invalid", "answered procedure.archived",
}

func TestSimulation(t *testing.T) {
	total, began := map[string]int{}, time.Now()
	first, count := seeds(t)
	for i := range count {
		r := Simulate(t, first+uint64(i), Nothing)
		if r.Violation != nil {
			t.Fatalf("\n%s", r)
		}
		if count == 1 {
			t.Logf("\n%s", r)
		}
		for what, n := range r.Counts {
			total[what] += n
		}
		total["steps"] += r.Steps
	}
	t.Logf("%d simulations, %d a minute", count, int(float64(count)/time.Since(began).Minutes()))
	for _, what := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%8d %s", total[what], what)
	}
	for _, what := range needed {
		require.True(t, count < few || total[what] > 0, "no simulation reached %q", what)
	}
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	for seed := range uint64(30) {
		require.Equal(t, Simulate(t, seed, Nothing).Story, Simulate(t, seed, Nothing).Story, "seed %d", seed)
		require.Equal(t, Simulate(t, seed, LostUpdate).String(), Simulate(t, seed, LostUpdate).String(), "seed %d", seed)
	}
}

// bound is the number of seeds within which a planted fault must be found.
const bound = 100

// foundBy names, for each planted fault, a rule that it must be found by. Most are found by others, too.
var foundBy = map[Plant]string{
	LostBatch: ackedRule, StaleRead: freshRule, DoubleReceipt: onceRule, TornAppend: rowsRule, LostUpdate: chainRule,
	ClockBack: timeRule, SilentRefusal: refusalRule, PlainSecret: secretRule, ForgottenAnswer: firstRule,
}

func TestEachPlantedFaultIsFound(t *testing.T) {
	for _, plant := range Plants {
		t.Run(string(plant), func(t *testing.T) {
			t.Parallel()
			found := false
			for seed := range uint64(bound) {
				r := Simulate(t, seed, plant)
				if r.Violation == nil {
					continue
				}
				if !found {
					found = true
					t.Logf("first found by seed %d: %s", seed, r.Violation.Rule)
				}
				if r.Violation.Rule == foundBy[plant] {
					t.Logf("found by seed %d: %s: %s", seed, r.Violation.Rule, r.Violation.What)
					return
				}
			}
			t.Errorf("not found by %q with %d seeds", foundBy[plant], bound)
		})
	}
}
