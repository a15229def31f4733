package simulation

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// seeds returns the first of the seeds to run, and how many. PROCEDO_TEST_SEED names one that failed; PROCEDO_TEST_SEEDS
// asks for more than make test has time for.
func seeds(t *testing.T) (first uint64, count int) {
	t.Helper()
	if text := os.Getenv("PROCEDO_TEST_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		return seed, 1
	}
	if text := os.Getenv("PROCEDO_TEST_SEEDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return 0, n
	}
	return 0, 200
}

func TestSimulation(t *testing.T) {
	total, began := map[string]int{}, time.Now()
	first, count := seeds(t)
	for i := range count {
		r := Simulate(t, first+uint64(i), Nothing)
		if r.Violation != nil {
			t.Fatalf("\n%s", r)
		}
		r.Sum(total)
		total["steps"] += r.Steps
	}
	t.Logf("%d simulations, %d a minute", count, int(float64(count)/time.Since(began).Minutes()))
	for _, what := range sortedKeys(total) {
		t.Logf("%8d %s", total[what], what)
	}
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	for seed := range uint64(20) {
		require.Equal(t, Simulate(t, seed, Nothing).Story, Simulate(t, seed, Nothing).Story, "seed %d", seed)
	}
}

func TestEachPlantedFaultIsFound(t *testing.T) {
	const bound = 200
	for _, plant := range Plants {
		t.Run(string(plant), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(bound) {
				if r := Simulate(t, seed, plant); r.Violation != nil {
					t.Logf("seed %d: %s: %s", seed, r.Violation.Rule, r.Violation.What)
					return
				}
			}
			t.Errorf("not found with %d seeds", bound)
		})
	}
}
