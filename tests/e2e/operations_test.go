package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// operationsGuides are the files of the guide to operations, by language.
var operationsGuides = map[string]string{"en": "../../docs/operations.md", "fr": "../../docs/operations.fr.md"}

// The addresses in the guide to operations. The tests replace them with those of the servers that they start.
const (
	shownOwner  = "postgres://postgres@127.0.0.1:5432/procedo"
	shownRole   = "procedo_service"
	shownReader = "procedo_auditor"
	shownRead   = "postgres://procedo_auditor@127.0.0.1:5432/procedo"
	shownDirect = "postgres://procedo_service@127.0.0.1:5432/procedo"
	shownPooled = "postgres://procedo_service@127.0.0.1:6432/procedo"
	shownAdmin  = "postgres://postgres@127.0.0.1:6432/pgbouncer"
)

// TestOperationsGuideCommandsPrintWhatIsShown runs the commands of the guide to operations, with a PgBouncer that has
// the settings of the guide. The commands start and stop the service.
func TestOperationsGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range operationsGuides {
		t.Run(language, func(t *testing.T) {
			owner, _, _ := strings.Cut(cluster.Blank(t), "?") // the guide adds settings of its own
			role, reader := "guide_"+language, "guide_reader_"+language
			pooler, err := cluster.StartPgBouncer(t.Context(), []string{role}, poolerSettings(t, page)...)
			require.NoError(t, err)
			t.Cleanup(pooler.Stop)
			dir, bin, address := t.TempDir(), t.TempDir(), freeAddress(t)
			test, err := os.Executable()
			require.NoError(t, err)
			require.NoError(t, os.Symlink(test, filepath.Join(bin, "psql")))
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			t.Setenv("PGSSLMODE", "disable")
			t.Setenv("PROCEDO_LISTEN", address) // in place of the default, which may be in use
			t.Cleanup(func() { stopStarted(t, filepath.Join(dir, "procedo.pid")) })
			runPageWith(t, page, language, dir, map[string]string{
				shownOwner: owner, shownDirect: cluster.As(t, owner, role), shownPooled: pooler.URL(t, owner, role),
				shownAdmin: pooler.URL(t, owner[:strings.LastIndex(owner, "/")]+"/pgbouncer", "postgres"),
				shownRole:  role, shownReader: reader, shownRead: cluster.As(t, owner, reader),
				strings.TrimPrefix(shownServer, "http://"): address,
			})
			cluster.DropRole(t, reader, owner)
			cluster.DropRole(t, role, owner)
		})
	}
	commands := func(page string) []string {
		return regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(string(contents(t, page)), -1)
	}
	require.Equal(t, commands(operationsGuides["en"]), commands(operationsGuides["fr"]))
}

// poolerSettings returns the settings of PgBouncer that a page shows in a block with the language ini.
func poolerSettings(t *testing.T, page string) []string {
	t.Helper()
	block := regexp.MustCompile("(?s)```ini\n.*?\\[pgbouncer\\]\n(.*?)```").FindSubmatch(contents(t, page))
	require.NotNil(t, block)
	return strings.Split(strings.TrimSpace(string(block[1])), "\n")
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // only its address is needed
	return l.Addr().String()
}

// stopStarted kills the process whose id is in a file, if it still runs.
func stopStarted(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	require.NoError(t, err)
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// standIn runs the program in whose name the test binary was called, and ends the process. It knows psql URL -Atc SQL,
// which need not be installed.
func standIn() {
	if filepath.Base(os.Args[0]) != "psql" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	conn, err := pgconn.Connect(ctx, os.Args[1])
	if err == nil {
		var results []*pgconn.Result
		results, err = conn.Exec(ctx, os.Args[3]).ReadAll()
		for _, r := range results {
			if len(r.FieldDescriptions) == 0 {
				fmt.Println(r.CommandTag)
			}
			for _, row := range r.Rows {
				fmt.Println(strings.Join(texts(row), "|"))
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, regexp.MustCompile(` \(SQLSTATE .*`).ReplaceAllString(err.Error(), ""))
		os.Exit(1)
	}
	os.Exit(0)
}

func texts(row [][]byte) []string {
	all := make([]string, len(row))
	for i, value := range row {
		all[i] = string(value)
	}
	return all
}
