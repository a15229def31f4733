package slot

// Type is the type of a slot's value.
type Type string

// The types.
const (
	String    Type = "string"     // one line of text
	LongText  Type = "text"       // text that may contain line breaks
	Integer   Type = "integer"    // an exact whole number
	Decimal   Type = "number"     // an exact decimal number
	Bool      Type = "boolean"    // true or false
	DateOnly  Type = "date"       // RFC 3339 full-date, years 0001 to 9999
	DateTime  Type = "datetime"   // RFC 3339 date-time with its offset
	TimeOfDay Type = "time"       // RFC 3339 partial-time
	Enum      Type = "enum"       // one of the options
	MultiEnum Type = "multi_enum" // distinct options
	Email     Type = "email"      // one addr-spec, RFC 5322
	Phone     Type = "phone"      // a possible phone number, in E.164 form or local to the slot's region
	URL       Type = "url"        // absolute http or https, RFC 3986
)

// Types lists every type, in the order in which the guide shows them.
var Types = []Type{
	String, LongText, Integer, Decimal, Bool, DateOnly, DateTime, TimeOfDay, Enum, MultiEnum, Email, Phone, URL,
}

// traits describes a type: the JSON type of its values, their shape, and the constraints that it allows.
type traits struct {
	json     string // "string", "number", "boolean" or "array"
	shape    Shape
	form     func(s *Slot, text string) bool // reports whether a text has the format of the type; nil if any text does
	formCode string                          // code of the issue if form reports false
	pattern  bool                            // whether validate and mask may be used
	length   bool                            // whether min_length and max_length may be used
	options  bool                            // whether options are required
	bounds   bool                            // whether min and max may be used
}

var traitsOf = map[Type]*traits{
	String:    {json: "string", shape: TextShape, pattern: true, length: true},
	LongText:  {json: "string", shape: TextShape, pattern: true, length: true},
	Integer:   {json: "number", shape: NumberShape, bounds: true},
	Decimal:   {json: "number", shape: NumberShape, bounds: true},
	Bool:      {json: "boolean", shape: BooleanShape},
	DateOnly:  {json: "string", shape: DateShape, bounds: true, form: isDate, formCode: "validation.date"},
	DateTime:  {json: "string", shape: TimestampShape, bounds: true, form: isDateTime, formCode: "validation.datetime"},
	TimeOfDay: {json: "string", shape: TextShape, bounds: true, form: isTime, formCode: "validation.time"},
	Enum:      {json: "string", shape: TextShape, options: true},
	MultiEnum: {json: "array", shape: ListShape, length: true, options: true},
	Email: {
		json: "string", shape: TextShape, pattern: true, length: true, form: isEmail, formCode: "validation.email",
	},
	Phone: {
		json: "string", shape: TextShape, pattern: true, length: true, form: isPhone, formCode: "validation.phone",
	},
	URL: {json: "string", shape: TextShape, pattern: true, length: true, form: isURL, formCode: "validation.url"},
}

// Known reports whether t is one of the thirteen types.
func (t Type) Known() bool { return traitsOf[t] != nil }

// Numeric reports whether the type's values are numbers.
func (t Type) Numeric() bool { return t == Integer || t == Decimal }

// Shape returns the shape of unsealed values of the type. It is AbsentShape for an unknown type.
func (t Type) Shape() Shape {
	if tr := traitsOf[t]; tr != nil {
		return tr.shape
	}
	return AbsentShape
}
