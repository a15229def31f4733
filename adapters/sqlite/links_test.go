package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
)

// linked returns a link to a database that does not exist yet, through another link and a link to its folder, and the
// path of the database.
func linked(t *testing.T) (link, path string) {
	t.Helper()
	dir, volume := t.TempDir(), filepath.Join(t.TempDir(), "volume")
	require.NoError(t, os.Mkdir(volume, 0o700))
	require.NoError(t, os.Symlink(volume, filepath.Join(dir, "data")))
	require.NoError(t, os.Symlink(filepath.Join("data", "p.db"), filepath.Join(dir, "middle.db")))
	link = filepath.Join(dir, "link.db")
	require.NoError(t, os.Symlink("middle.db", link))
	return link, filepath.Join(volume, "p.db")
}

// SQLite keeps the other files of a database beside the file to which a link leads.
func TestTheLogIsWatchedThroughALink(t *testing.T) {
	for name, moved := range map[string]func(t *testing.T, link, path string){
		"log deleted": func(t *testing.T, _, path string) { require.NoError(t, os.Remove(path+"-wal")) },
		"link led elsewhere": func(t *testing.T, link, path string) {
			copyFile(t, path, path+".copy")
			require.NoError(t, os.Remove(link))
			require.NoError(t, os.Symlink(path+".copy", link))
		},
	} {
		for _, fresh := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				link, path := linked(t)
				if !fresh {
					require.NoError(t, sqlitetest.OpenAt(t, path).Close())
				}
				db := sqlitetest.OpenAt(t, link)
				s := service(db)
				doc, _ := wideProcedure(1)
				id := startRun(t, s, doc)
				require.NoError(t, db.Ping(t.Context()))
				require.FileExists(t, path+"-wal")
				moved(t, link, path)
				requireCode(t, "service.database_moved", db.Ping(t.Context()))
				_, err := s.Execute(t.Context(), app.Request{}, id, draftOf("7"))
				requireCode(t, "service.database_moved", err)
			})
		}
	}
}

func TestADatabaseInUseLacksNoLogBehindALink(t *testing.T) {
	link, path := linked(t)
	db := sqlitetest.OpenAt(t, link)
	require.NoError(t, db.MarkInUse(t.Context()))
	require.Empty(t, flawsOf(t, link))
	require.ElementsMatch(t, []string{link, path, path + "-wal", path + "-shm", path + "-journal"}, sqlite.Files(link))
	require.Equal(t, []string{path, path + "-wal", path + "-shm", path + "-journal"}, sqlite.Files(path))

	copied := path + ".copy"
	copyFile(t, path, copied)
	require.NoError(t, os.Symlink(copied, link+".copy"))
	require.Equal(t, []string{"log_left_behind"}, flawsOf(t, link+".copy"))
}

func TestALinkToItselfIsReportedBySQLite(t *testing.T) {
	link := filepath.Join(t.TempDir(), "p.db")
	require.NoError(t, os.Symlink(link, link))
	require.Contains(t, sqlite.Files(link), link)
	db, err := sqlite.Open("sqlite:" + link)
	require.NoError(t, err)
	require.Error(t, db.Ping(t.Context()))
	require.NoError(t, db.Close())
}
