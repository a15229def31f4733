package groupcommit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/groupcommit"
)

// step is a step of a random schedule.
type step struct {
	what  string // begin, cancel, end, pass
	keys  []string
	size  int
	bad   bool // the database refuses the change
	which int  // call that is cancelled, or transaction that ends
	fate  string
}

func drawStep(t *rapid.T) step {
	whats := []string{"begin", "begin", "begin", "begin", "cancel", "end", "end", "pass"}
	keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
	return step{
		what:  rapid.SampledFrom(whats).Draw(t, "what"),
		keys:  rapid.SliceOfNDistinct(keys, 0, 3, rapid.ID).Draw(t, "keys"),
		size:  rapid.SampledFrom([]int{1, 1, 1, 10, groupcommit.MaxSize / 2, 2 * groupcommit.MaxSize}).Draw(t, "size"),
		bad:   rapid.IntRange(0, 5).Draw(t, "bad") == 0,
		which: rapid.IntRange(0, 100).Draw(t, "which"),
		fate:  rapid.SampledFrom([]string{"", "", "", "", "lost", "panic"}).Draw(t, "fate"),
	}
}

// modelCall is a call of Write, with what has happened to it.
type modelCall struct {
	*call
	change
	bad       bool
	cancelled bool
	begun     bool  // a transaction has begun with it
	want      error // set when its last transaction has ended
	settled   bool
}

// model holds all calls and the transactions under way.
type model struct {
	*fixture
	gathers bool
	calls   []*modelCall
	active  []*transaction
	seen    int // transactions of the fixture that the model knows
}

var (
	errCancelled = errors.New("cancelled")
	errBad       = errors.New("bad")
	errLost      = errors.New("lost")
)

// TestRandomSchedules checks what must hold after each step of any schedule of calls, cancellations and results.
func TestRandomSchedules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		schedule := rapid.SliceOfN(rapid.Custom(drawStep), 1, 80).Draw(rt, "schedule")
		gathers := rapid.Bool().Draw(rt, "gathers")
		var problem error
		bubble(t, func(fx *fixture) {
			if gathers {
				fx.options(groupcommit.Options[change]{Parallel: parallel, Company: company, Slow: slow, Gather: gather})
			}
			problem = (&model{fixture: fx, gathers: gathers}).run(schedule)
		})
		if problem != nil {
			rt.Fatal(problem)
		}
	})
}

// run executes a schedule, ends all transactions, and returns the first problem.
func (m *model) run(schedule []step) (problem error) {
	note := func(err error) {
		if problem == nil {
			problem = err
		}
	}
	for _, s := range schedule {
		m.execute(s)
		note(m.learnAndCheck())
		if s.what == "pass" && m.gathers {
			note(m.checkLater())
		}
	}
	for len(m.active) > 0 {
		m.execute(step{what: "end"})
		note(m.learnAndCheck())
	}
	for _, c := range m.calls {
		if !c.returned {
			note(fmt.Errorf("%s waits for ever", c.name))
		}
	}
	if !m.IsIdle() {
		note(errors.New("something is still counted"))
	}
	return problem
}

// learnAndCheck checks what must hold between two steps. If changes wait for company, it lets them wait long enough.
func (m *model) learnAndCheck() error {
	if err := m.learn(); err != nil {
		return err
	}
	if len(m.active) == 0 {
		m.pass(gather)
		if err := m.learn(); err != nil {
			return err
		}
	}
	return m.check()
}

func (m *model) execute(s step) {
	switch {
	case s.what == "begin":
		c := change{name: fmt.Sprint(len(m.calls)), keys: s.keys, size: s.size}
		one := &modelCall{change: c, bad: s.bad}
		m.calls = append(m.calls, one)
		one.call = m.begin(c)
	case s.what == "cancel" && len(m.calls) > 0:
		c := m.calls[s.which%len(m.calls)]
		c.cancelled = true
		c.cancel(errCancelled)
		synctest.Wait()
	case s.what == "pass": // all groups under way are slow then
		m.pass(slow)
		m.pass(slow) // also one that has begun meanwhile
	case s.what == "end" && len(m.active) > 0:
		i := s.which % len(m.active)
		tx := m.active[i]
		m.active = slices.Delete(m.active, i, i+1)
		m.endWith(tx, m.resultOf(tx, s.fate))
	}
}

func (m *model) callOf(c change) *modelCall {
	return m.calls[slices.IndexFunc(m.calls, func(one *modelCall) bool { return one.name == c.name })]
}

// resultOf returns the result of a transaction, and notes what its callers must get.
func (m *model) resultOf(tx *transaction, fate string) (r result) {
	for _, c := range tx.changes {
		one := m.callOf(c)
		switch {
		case fate == "panic":
			r.panics, one.want, one.settled = "a bug", nil, true
		case fate == "lost":
			r.whole, one.want, one.settled = errLost, errLost, true
		case one.bad && len(tx.changes) == 1:
			one.want, one.settled = errBad, true
		default:
			one.want, one.settled = nil, true
		}
		r.each = append(r.each, one.want)
		if one.bad && len(tx.changes) > 1 && fate == "" {
			r.whole = errSeparable
		}
	}
	for _, c := range tx.changes {
		one := m.callOf(c)
		if errors.Is(r.whole, errSeparable) {
			one.settled = false
		}
		if r.panics != nil {
			one.want = errBad // stands for the panic
		}
	}
	return r
}

// learn reads which transactions have begun.
func (m *model) learn() error {
	for ; m.seen < len(m.begun); m.seen++ {
		tx := m.begun[m.seen]
		m.active = append(m.active, tx)
		size := 0
		for i, c := range tx.changes {
			one := m.callOf(c)
			size += c.size
			switch {
			case one.settled:
				return fmt.Errorf("%s is written twice", c.name)
			case one.returned && one.cancelled:
				return fmt.Errorf("%s is written although its caller has left", c.name)
			case m.overtakes(one, tx):
				return fmt.Errorf("%s is written before an earlier change with the same key", c.name)
			case slices.ContainsFunc(tx.changes[:i], c.shares):
				return fmt.Errorf("%s shares a transaction with a change that has the same key", c.name)
			}
			one.begun = true
		}
		if len(tx.changes) > groupcommit.MaxChanges || len(tx.changes) > 1 && size > groupcommit.MaxSize {
			return fmt.Errorf("%d changes of size %d are too many", len(tx.changes), size)
		}
	}
	return nil
}

func (c change) shares(other change) bool {
	return slices.ContainsFunc(c.keys, func(key string) bool { return slices.Contains(other.keys, key) })
}

// overtakes reports whether an earlier change with a common key has not returned.
func (m *model) overtakes(one *modelCall, tx *transaction) bool {
	for _, earlier := range m.calls {
		if earlier == one {
			return false
		}
		if !earlier.returned && earlier.shares(one.change) && !slices.ContainsFunc(tx.changes, func(c change) bool {
			return c.name == earlier.name
		}) {
			return true
		}
	}
	return false
}

// check checks what must hold between two steps.
func (m *model) check() error {
	waiting := 0
	for _, c := range m.calls {
		left := c.returned && c.cancelled && errors.Is(c.err, errCancelled)
		switch {
		case !c.begun && !c.returned:
			waiting++
		case c.returned && !c.begun && !left:
			return fmt.Errorf("%s was not written, and got %w", c.name, c.err)
		case c.returned && c.begun && !c.settled && !left:
			return fmt.Errorf("%s got an error before it was written: %w", c.name, c.err)
		case c.returned && c.settled && !isResult(c.err, c.want) && !left:
			return fmt.Errorf("%s got a result that is not %s: %w", c.name, fmt.Sprint(c.want), c.err)
		case c.settled && !c.returned:
			return fmt.Errorf("%s was not told its result", c.name)
		}
	}
	switch {
	case waiting > 0 && len(m.active) == 0:
		return fmt.Errorf("%d changes wait for company", waiting)
	case len(m.groups()) > parallel:
		return fmt.Errorf("%d groups are written at the same time", len(m.groups()))
	}
	return nil
}

// checkLater is called when all groups under way are slow. A change may then wait only if both groups are under way, or
// for a key. A group has its keys until all of its changes are written.
func (m *model) checkLater() error {
	under := map[int]bool{}
	var before []change // what waiting changes may have to wait for
	for _, tx := range m.active {
		first := m.groupOf(tx)
		under[first], before = true, append(before, m.begun[first].changes...)
	}
	if len(under) == parallel {
		return nil
	}
	for _, c := range m.calls {
		if c.begun || c.returned {
			continue
		}
		if !slices.ContainsFunc(before, c.shares) {
			return fmt.Errorf("%s waits for slow groups", c.name)
		}
		before = append(before, c.change)
	}
	return nil
}

// groups returns the transactions under way, without those of changes that are written alone after their group failed.
func (m *model) groups() (groups []*transaction) {
	for _, tx := range m.active {
		if m.begun[m.groupOf(tx)] == tx {
			groups = append(groups, tx)
		}
	}
	return groups
}

// groupOf returns the index of the transaction in which a change was first written.
func (m *model) groupOf(tx *transaction) int {
	return slices.IndexFunc(m.begun, func(other *transaction) bool {
		return slices.ContainsFunc(other.changes, func(c change) bool { return c.name == tx.changes[0].name })
	})
}

func isResult(err, want error) bool {
	return errors.Is(err, want) || errors.Is(want, errBad) && err != nil && strings.Contains(err.Error(), "panic: a bug")
}
