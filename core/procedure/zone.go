package procedure

import (
	"strings"
	"time"
	_ "time/tzdata" // the zones, for machines that have none installed
)

// DefaultTimeZone is the time zone of a procedure that does not state one.
const DefaultTimeZone = "UTC"

// timeZone reads the time zone and sets it for the slots that are read later. It returns "" for the default.
func (o object) timeZone() string {
	name := o.text("time_zone")
	if name == "" || name == DefaultTimeZone {
		return ""
	}
	zone, ok := loadZone(name)
	if !ok && !o.canonical { // a stored version loads even if the database of zones no longer has its zone
		o.find("time_zone", "time_zone", nil)
	}
	o.zone = zone
	return name
}

// loadZone returns a zone of the IANA database, whose zone names begin with a capital letter. It refuses other files
// that some machines keep with the database, such as posix/Europe/Paris and localtime.
func loadZone(name string) (*time.Location, bool) {
	if name[0] < 'A' || name[0] > 'Z' || name == "Local" || strings.ContainsAny(name, ". ") {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// Zone returns the time zone of the procedure.
func (d *Definition) Zone() string { return or(d.TimeZone, DefaultTimeZone) }
