// Package pattern measures RE2 patterns before they are compiled, so that the memory and time for compiling them stay
// bounded.
package pattern

import "regexp/syntax"

// LeastSize returns a lower bound of the number of instructions to which a parsed pattern compiles. Repetitions
// multiply the size, so a short pattern may have a very large program.
func LeastSize(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpRepeat:
		return max(re.Min, re.Max) * LeastSize(re.Sub[0])
	case syntax.OpConcat, syntax.OpAlternate, syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		size := 0
		for _, sub := range re.Sub {
			size += LeastSize(sub)
		}
		return size
	}
	return 0 // matches only the empty text
}

// rangesPerInstruction is the number of ranges of a character class that need as much memory as an instruction.
const rangesPerInstruction = 8

// Weight returns the memory that a program needs, counted in instructions.
func Weight(prog *syntax.Prog) int {
	weight := len(prog.Inst)
	for i := range prog.Inst {
		weight += len(prog.Inst[i].Rune) / rangesPerInstruction
	}
	return weight
}
