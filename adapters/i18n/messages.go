package i18n

import (
	"embed"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var messageFiles embed.FS

// messages returns the messages by id, for each of the Languages. Those of a language are read when they are first
// needed: most commands need one language, and the reading would take a fifth of their time.
var messages = func() map[language.Tag]func() map[string]message {
	all := map[language.Tag]func() map[string]message{}
	for _, tag := range Languages {
		all[tag] = sync.OnceValue(func() map[string]message { return loadMessages(tag) })
	}
	return all
}()

// message is a text, whose form depends on a number if the message counts.
type message struct {
	other template
	one   template // nil if the message has only one form
}

// in returns the text for a plural form. The languages of the messages have more forms than the messages themselves,
// such as the French one for whole millions, for which the general form is used.
func (m message) in(form plural.Form) template {
	if form == plural.One && m.one != nil {
		return m.one
	}
	return m.other
}

// loadMessages reads the embedded messages of a language. It panics if they cannot be read, because that is a bug in the
// program.
func loadMessages(tag language.Tag) map[string]message {
	all := map[string]message{}
	files := []string{"active", "pages", "help"}
	if tag == Languages[0] { // the English help texts are in the program's flags
		files = files[:2]
	}
	for _, file := range files {
		name := "messages/" + file + "." + tag.String() + ".json"
		data, err := messageFiles.ReadFile(name)
		if err == nil {
			err = addMessages(all, data)
		}
		if err != nil {
			panic("i18n: " + name + ": " + err.Error())
		}
	}
	return all
}

// addMessages adds the messages in a JSON object: a text, or an object with the texts of the forms "one" and "other",
// by id. It returns an error if there is anything else.
func addMessages(all map[string]message, data []byte) error {
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	for id, value := range values {
		if _, found := all[id]; found {
			return fmt.Errorf("there are two messages %s", id)
		}
		m, err := parseMessage(value)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		all[id] = m
	}
	return nil
}

// parseMessage returns the message for a JSON value.
func parseMessage(value any) (m message, err error) {
	forms, ok := value.(map[string]any)
	if !ok {
		forms = map[string]any{"other": value}
	}
	for name, value := range forms {
		text, _ := value.(string)
		if text == "" {
			return message{}, fmt.Errorf("the form %q is not a text", name)
		}
		switch name {
		case "one":
			m.one, err = parseTemplate(text)
		case "other":
			m.other, err = parseTemplate(text)
		default:
			err = fmt.Errorf("unknown form %q", name)
		}
		if err != nil {
			return message{}, err
		}
	}
	if m.other == nil {
		return message{}, fmt.Errorf("there is no form %q", "other")
	}
	return m, nil
}
