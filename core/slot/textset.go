package slot

import (
	"maps"
	"math"
	"regexp/syntax"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/pattern"
)

// textSet is the set of all texts that match every pattern as a whole, are not blank, and have a length between min and
// max, in code points.
type textSet struct {
	programs []*syntax.Prog
	min, max int
}

// textState is the state of the automata of all patterns after they have read the beginning of a text.
type textState struct {
	at      [maxPrograms]uint32 // for each program, the instruction that follows the last character read
	before  uint8               // kind of the last character read, as an index of the array contexts
	visible bool                // whether a visible character was read
}

// maxPrograms is the maximum number of patterns of a textSet: validate, mask, the form of the type, and two more.
const maxPrograms = 5

// contexts has one character of each kind that the assertions of a pattern (^, $ and \b) distinguish. The first stands
// for the start and the end of the text.
var contexts = [...]rune{-1, '\n', 'a', ' '}

func contextOf(r rune) uint8 {
	switch {
	case r == '\n':
		return 1
	case syntax.IsWordChar(r):
		return 2
	}
	return 3
}

// textSearch searches a textSet for a text. It runs the automata of all patterns at once and follows sets of states, so
// it finds a text if there is one. Its cost is bounded by effort.
type textSearch struct {
	textSet
	alphabet []rune               // one character of each class that the patterns distinguish
	steps    map[stepKey][]uint32 // known results of step
	effort   *int                 // the remaining steps; the search stops when they are negative
}

// stepKey identifies a step of one automaton. Character is an index in the alphabet; -1 is the end of the text.
type stepKey struct {
	program, character int
	at                 uint32
	before             uint8
}

// empty reports whether no text is in the set. It subtracts the steps of its search from effort, and returns false if
// the effort does not suffice.
func (s textSet) empty(effort *int) bool {
	if s.min > s.max {
		return true
	}
	search := &textSearch{textSet: s, steps: map[stepKey][]uint32{}, effort: effort}
	if !search.chooseAlphabet() {
		return false
	}
	states := search.start()
	for range s.min {
		next := search.next(states)
		if *effort < 0 {
			return false
		}
		if maps.Equal(next, states) {
			break // further characters do not change the states either
		}
		states = next
	}
	seen := maps.Clone(states)
	for length := s.min; ; length++ {
		if *effort < 0 || search.accepts(states) {
			return false
		}
		if len(states) == 0 || length >= s.max {
			return true
		}
		states = search.next(states)
		for state := range states {
			if seen[state] {
				delete(states, state)
			}
			seen[state] = true
		}
	}
}

func (s *textSearch) start() map[textState]bool {
	first := textState{}
	for i, p := range s.programs {
		first.at[i] = uint32(p.Start) //nolint:gosec // at most a few thousand instructions
	}
	return map[textState]bool{first: true}
}

// next returns the states after one more character.
func (s *textSearch) next(states map[textState]bool) map[textState]bool {
	all := map[textState]bool{}
	for state := range states {
		for c, r := range s.alphabet {
			after := []textState{{before: contextOf(r), visible: state.visible || !blank.Is(string(r))}}
			for i := range s.programs {
				targets := s.step(stepKey{program: i, character: c, at: state.at[i], before: state.before})
				var combined []textState
				for _, a := range after {
					for _, to := range targets {
						a.at[i] = to
						combined = append(combined, a)
					}
				}
				after = combined
			}
			*s.effort -= 1 + len(after)
			for _, a := range after {
				all[a] = true
			}
		}
		if *s.effort < 0 {
			break
		}
	}
	return all
}

// accepts reports whether the text may end in one of the states.
func (s *textSearch) accepts(states map[textState]bool) bool {
	for state := range states {
		ok := state.visible
		for i := range s.programs {
			ok = ok && s.step(stepKey{program: i, character: -1, at: state.at[i], before: state.before}) != nil
		}
		if ok {
			return true
		}
	}
	return false
}

// step returns the instructions at which a program may continue after it has read the key's character, or nil if there
// are none. If the key stands for the end of the text, a nil result means that the program does not match the text.
func (s *textSearch) step(key stepKey) []uint32 {
	if to, known := s.steps[key]; known {
		return to
	}
	r := rune(-1)
	if key.character >= 0 {
		r = s.alphabet[key.character]
	}
	program := s.programs[key.program]
	flags := syntax.EmptyOpContext(contexts[key.before], r)
	var targets []uint32
	seen, todo := map[uint32]bool{}, []uint32{key.at}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		*s.effort--
		switch inst := &program.Inst[at]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			todo = append(todo, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^flags == 0 { //nolint:gosec // Arg holds an EmptyOp here
				todo = append(todo, inst.Out)
			}
		case syntax.InstMatch:
			if r < 0 {
				targets = append(targets, at)
			}
		case syntax.InstFail:
		default:
			if r >= 0 && inst.MatchRune(r) {
				targets = append(targets, inst.Out)
			}
		}
	}
	slices.Sort(targets)
	s.steps[key] = slices.Compact(targets)
	return s.steps[key]
}

// chooseAlphabet sets the alphabet. It returns false if the patterns distinguish so many classes of characters that the
// effort does not suffice.
func (s *textSearch) chooseAlphabet() bool {
	var classes []*syntax.Inst
	cuts := []rune{1, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1, 0xd800, 0xe000}
	for _, p := range s.programs {
		for i := range p.Inst {
			if inst := &p.Inst[i]; len(inst.Rune) > 0 {
				if *s.effort -= len(inst.Rune); *s.effort < 0 {
					return false
				}
				classes = append(classes, inst)
				cuts = appendCuts(cuts, inst)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if *s.effort -= len(cuts) * (1 + len(classes)); *s.effort < 0 {
		return false
	}
	seen := map[string]bool{}
	for i, from := range cuts {
		to := rune(unicode.MaxRune)
		if i+1 < len(cuts) {
			to = cuts[i+1] - 1
		}
		if from == 0xd800 || from > unicode.MaxRune {
			continue // surrogates are not characters
		}
		r := visibleIn(from, to)
		signature := []byte{contextOf(r)}
		if blank.Is(string(r)) {
			signature[0] += byte(len(contexts))
		}
		for _, inst := range classes {
			match := byte(0)
			if inst.MatchRune(r) {
				match = 1
			}
			signature = append(signature, match)
		}
		if !seen[string(signature)] {
			seen[string(signature)] = true
			s.alphabet = append(s.alphabet, r)
		}
	}
	return true
}

// appendCuts appends the characters at which the class of an instruction begins or ends.
func appendCuts(cuts []rune, inst *syntax.Inst) []rune {
	if len(inst.Rune) == 1 { // one character, and its other letter cases if case is ignored
		first := inst.Rune[0]
		for r := first; ; {
			cuts = append(cuts, r, r+1)
			if r = unicode.SimpleFold(r); r == first {
				return cuts
			}
		}
	}
	for i := 0; i+1 < len(inst.Rune); i += 2 {
		cuts = append(cuts, inst.Rune[i], inst.Rune[i+1]+1)
	}
	return cuts
}

// visibleIn returns a visible character of a range or, if there is none, its first character.
func visibleIn(from, to rune) rune {
	for r := from; r <= to; r++ {
		if !blank.Is(string(r)) {
			return r
		}
	}
	return from
}

// compileProgram compiles a pattern that is known to be valid, and subtracts the cost from effort. It returns nil if
// the pattern has more than MaxProgram code points or instructions, or if the effort does not suffice.
func compileProgram(source string, effort *int) *syntax.Prog {
	if *effort -= len(source); *effort < 0 || utf8.RuneCountInString(source) > MaxProgram {
		return nil
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil || pattern.LeastSize(parsed) > MaxProgram {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > MaxProgram {
		return nil
	}
	*effort -= pattern.Weight(prog)
	return prog
}

// formPrograms holds the compiled patterns of formOf by their source.
var formPrograms sync.Map

// formProgram returns the compiled pattern of formOf.
func formProgram(t Type, region string) *syntax.Prog {
	source := formOf(t, region)
	if known, ok := formPrograms.Load(source); ok {
		return known.(*syntax.Prog) //nolint:forcetypeassert // the map holds nothing else
	}
	enough := math.MaxInt
	program := compileProgram(source, &enough)
	formPrograms.Store(source, program)
	return program
}
