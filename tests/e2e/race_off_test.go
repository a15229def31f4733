//go:build !race

package e2e

// withRace is true if the tests run with the race detector.
const withRace = false
