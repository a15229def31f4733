package apitest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// requestHeaders need not be declared, as they belong to HTTP itself. OpenAPI does not allow Authorization there.
var requestHeaders = []string{"Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "User-Agent"}

// CheckDelivery returns an error if the contract does not declare a request to a receiver. Webhook is its name there.
func (c *Checker) CheckDelivery(webhook string, header http.Header, body []byte) error {
	place := "/webhooks/" + webhook + "/post"
	item, _ := c.root["webhooks"].(object)[webhook].(object)
	op, ok := item["post"].(object)
	if !ok {
		return fmt.Errorf("the webhook %s is not declared", webhook)
	}
	if err := c.checkRequestHeaders(op, place, header); err != nil {
		return fmt.Errorf("%s: %w", webhook, err)
	}
	request, place := c.resolve(place+"/requestBody", op["requestBody"])
	if err := c.checkBody(request, place, header.Get("Content-Type"), body); err != nil {
		return fmt.Errorf("%s: %w", webhook, err)
	}
	return nil
}

// checkRequestHeaders checks that each header is declared and valid, and that no required header is missing.
func (c *Checker) checkRequestHeaders(op object, place string, header http.Header) error {
	parameters, _ := op["parameters"].([]any)
	declared := []string{}
	for i, one := range parameters {
		parameter, at := c.resolve(fmt.Sprintf("%s/parameters/%d", place, i), one)
		name, _ := parameter["name"].(string)
		declared = append(declared, http.CanonicalHeaderKey(name))
		values := header.Values(name)
		if len(values) == 0 {
			if parameter["required"] == true {
				return fmt.Errorf("the header %s is missing", name)
			}
			continue
		}
		if err := c.validate(at+"/schema", strings.Join(values, ", ")); err != nil {
			return fmt.Errorf("the header %s: %w", name, err)
		}
	}
	for name := range header {
		if !slices.Contains(declared, name) && !slices.Contains(requestHeaders, name) {
			return fmt.Errorf("the header %s is not declared", name)
		}
	}
	return nil
}
