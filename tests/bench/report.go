package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"
)

// report holds the figures of the parts that were run.
type report []figure

// figure is a text in Markdown with the name of its place in the record.
type figure struct{ name, text string }

// write replaces the figures in a file. Their places are between the markers <!-- name --> and <!-- /name -->. Figures
// that were not measured stay as they are.
func (r report) write(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(data)
	for _, f := range r {
		begin, end := "<!-- "+f.name+" -->\n", "<!-- /"+f.name+" -->"
		before, rest, ok := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			return fmt.Errorf("%s has no place for the figure %s", file, f.name)
		}
		text = before + begin + strings.TrimRight(f.text, "\n") + "\n" + end + after
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// machine describes the machine.
func (b *bench) machine() string {
	return fmt.Sprintf("%d cores of %s, %s, %s, PostgreSQL %s with fsync.", runtime.NumCPU(),
		field("/proc/cpuinfo", "model name"), memory(), runtime.Version(), b.postgres.version)
}

// circumstances returns a line about a part that is about to be measured. The load says how busy the machine is.
func (b *bench) circumstances(part string) string {
	load, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(load), " ")
	line := fmt.Sprintf("*%s, with a load of %s before", time.Now().UTC().Format("2 January 2006"), now)
	if part == "compare" || part == "growth" || part == "replicas" {
		line += fmt.Sprintf("; `--rounds %d --seconds %g`", b.options.rounds, b.options.seconds)
	}
	return line + "*"
}

// withLine adds a line above the text of each figure.
func (r report) withLine(line string) report {
	for i := range r {
		r[i].text = line + "\n\n" + r[i].text
	}
	return r
}

// field returns the value of a field in a file of /proc, or "?".
func field(file, name string) string {
	data, _ := os.ReadFile(file)
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}

func memory() string {
	var kilobytes int
	_, _ = fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kilobytes)
	return fmt.Sprintf("%d GB of memory", (kilobytes+1<<19)>>20)
}

// table formats rows as a Markdown table. The first row is the head; the cells of all columns but the first are aligned
// to the right.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("| " + cell + pad)
			} else {
				b.WriteString(" | " + pad + cell)
			}
		}
		b.WriteString(" |\n")
		if n == 0 {
			b.WriteString("|" + strings.Repeat("-", widths[0]+2))
			for _, w := range widths[1:] {
				b.WriteString("|" + strings.Repeat("-", w+1) + ":")
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
