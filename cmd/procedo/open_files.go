package main

// The number of connections that a server accepts is limited by the files that its process may open, because each
// connection is one. The rest is for the database, the cache, sinks and event streams' reads.
const (
	mostConnections = 4096 // without --max-connections; an idle connection takes about 20 KiB
	reservedFiles   = 256
)

// connectionLimit returns the number of connections for a process that may open this many files, or 0 if that number
// is unknown. Of a small number, half is reserved.
func connectionLimit(files uint64) int {
	if files == 0 {
		return mostConnections
	}
	room := files - min(files/2, reservedFiles)
	return int(max(1, min(room, mostConnections)))
}
