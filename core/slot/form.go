package slot

import (
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
)

// Limits of an email address in octets (RFC 5321, section 4.5.3.1).
const (
	maxLocalPart = 64
	maxAddress   = 254 // the RFC's limit of 256 includes two angle brackets
)

// isEmail reports whether a text is one addr-spec (RFC 5322, section 3.4.1) within the limits of RFC 5321. A display
// name, a comment or surrounding white space is not allowed. The domain must be a host name of at least two labels.
func isEmail(_ *Slot, text string) bool {
	if len(text) > maxAddress || hasLineBreak(text) {
		return false
	}
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" {
		return false
	}
	at := strings.LastIndexByte(text, '@')
	local, domain := text[:at], text[at+1:]
	quoted := len(local) > 2 && local[0] == '"' && local[len(local)-1] == '"'
	if a.Address != text && (!quoted || !strings.HasSuffix(a.Address, "@"+domain)) {
		return false
	}
	return len(local) <= maxLocalPart && strings.Contains(domain, ".") && isHostName(domain)
}

// maxHostName is the maximum length of a host name, in octets (RFC 1035, section 2.3.4).
const maxHostName = 253

var internationalNames = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true))

// isHostName reports whether a text is a host name (RFC 1123, section 2.1; for non-ASCII letters RFC 5890). Its labels
// consist of letters, digits and inner hyphens. The last label must not consist of digits only.
func isHostName(text string) bool {
	ascii := text
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
		var err error
		if ascii, err = internationalNames.ToASCII(text); err != nil {
			return false
		}
	}
	if len(ascii) > maxHostName {
		return false
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		if strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// isPhone reports whether a text is a possible phone number. The number has a country code (E.164) or is local to the
// slot's region, and may have an extension. White space, dots, hyphens, slashes and parentheses may group the digits.
// White space before or after the number is not allowed.
func isPhone(s *Slot, text string) bool {
	if text != strings.TrimSpace(text) || strings.LastIndexByte(text, '+') > 0 {
		return false
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, text)
	number, extension := cutExtension(text)
	if strings.Trim(number, "+0123456789 .-/()") != "" || len(extension) > 0 && !onlyDigits(extension) {
		return false
	}
	region := s.Region
	if region == "" {
		region = phonenumbers.UNKNOWN_REGION
	}
	n, err := phonenumbers.Parse(number, region)
	return err == nil && phonenumbers.IsPossibleNumber(n)
}

// extensionMarks are the marks that can introduce an extension, in lower case (RFC 3966, section 5.3, and common
// usage).
var extensionMarks = []string{";ext=", "ext.", "ext", "poste", "x", "#"}

// cutExtension splits a phone number from its extension. If the extension is missing after its mark, or too long,
// cutExtension returns "?", which isPhone refuses.
func cutExtension(text string) (number, extension string) {
	lower := strings.ToLower(text)
	for _, mark := range extensionMarks {
		if i := strings.Index(lower, mark); i > 0 {
			extension = strings.TrimSpace(text[i+len(mark):])
			if extension == "" || len(extension) > maxExtension {
				extension = "?"
			}
			return strings.TrimSpace(text[:i]), extension
		}
	}
	return text, ""
}

// maxExtension is the maximum length of an extension, in digits.
const maxExtension = 7

// KnownRegion reports whether phone numbers of a region (ISO 3166-1 alpha-2, upper case) can be checked.
func KnownRegion(region string) bool { return phonenumbers.GetCountryCodeForRegion(region) != 0 }

// isURL reports whether a text is an absolute http or https URL (RFC 3986). Its host must be a host name or an IP
// address, and its port at most 65535.
func isURL(_ *Slot, text string) bool {
	if strings.ContainsAny(text, " \"<>\\^`{|}") {
		return false
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Is4() || strings.HasPrefix(u.Host, "[")
	}
	return isHostName(strings.TrimSuffix(host, ".")) // a host name may end with the dot of the DNS root
}
