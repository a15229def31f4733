package slot

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// isEmail reports whether a text is one addr-spec (RFC 5322, section 3.4.1), without display name, comment or
// surrounding white space.
func isEmail(_ *Slot, text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" || hasLineBreak(text) {
		return false
	}
	if a.Address == text {
		return true
	}
	local, quoted := strings.CutSuffix(text, a.Address[strings.LastIndexByte(a.Address, '@'):])
	return quoted && len(local) > 2 && local[0] == '"' && local[len(local)-1] == '"'
}

// isPhone reports whether a text is a possible phone number: with its country code (E.164, grouped or not), or local
// to the slot's region.
func isPhone(s *Slot, text string) bool {
	if strings.Trim(text, "+0123456789 .-/()") != "" || strings.LastIndexByte(text, '+') > 0 {
		return false
	}
	region := s.Region
	if region == "" {
		region = phonenumbers.UNKNOWN_REGION
	}
	n, err := phonenumbers.Parse(text, region)
	return err == nil && phonenumbers.IsPossibleNumber(n)
}

// KnownRegion reports whether phone numbers of a region (ISO 3166-1 alpha-2, upper case) can be checked.
func KnownRegion(region string) bool { return phonenumbers.GetCountryCodeForRegion(region) != 0 }

// isURL reports whether a text is an absolute http or https URL (RFC 3986) with a host.
func isURL(_ *Slot, text string) bool {
	if strings.ContainsAny(text, " \"<>\\^`{|}") {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
