package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ticks is the number of clock ticks in a second in /proc, which is the same on every Linux.
const ticks = 100

// ownCPU returns the CPU seconds of this process, which is the client.
func ownCPU() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// process is a line of /proc/PID/stat.
type process struct {
	pid, parent int
	cpu         float64 // seconds, with those of children that have ended
	rss         float64 // MB
}

// processes returns all processes of the machine, or none where there is no /proc.
func processes() (all []process) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in parentheses, may contain anything. The state follows as field 3.
		_, rest, _ := strings.Cut(string(data[strings.LastIndexByte(string(data), ')'):]), " ")
		f := strings.Fields(rest)
		if len(f) < 22 {
			continue
		}
		number := func(field int) float64 { n, _ := strconv.ParseFloat(f[field-3], 64); return n }
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		all = append(all, process{
			pid: pid, parent: int(number(4)), cpu: (number(14) + number(15) + number(16) + number(17)) / ticks,
			rss: number(24) * float64(os.Getpagesize()) / 1e6,
		})
	}
	return all
}

// treeCPU returns the CPU seconds of a process and of its descendants.
func treeCPU(root int) (seconds float64) {
	all := processes()
	within := map[int]bool{root: root != 0}
	for found := true; found; {
		found = false
		for _, p := range all {
			if within[p.parent] && !within[p.pid] {
				within[p.pid], found = true, true
			}
		}
	}
	for _, p := range all {
		if within[p.pid] {
			seconds += p.cpu
		}
	}
	return seconds
}

// rssOf returns the memory of a process in MB.
func rssOf(pid int) float64 {
	for _, p := range processes() {
		if p.pid == pid {
			return p.rss
		}
	}
	return 0
}
