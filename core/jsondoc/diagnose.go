package jsondoc

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// diagnose returns why Parse refuses a text. It is slower than parse, and is called only for texts that parse refused.
func diagnose(data []byte) error {
	r := reader{data: data, dec: jsontext.NewDecoder(bytes.NewBuffer(data))}
	if err := r.value(); err != nil {
		return err
	}
	if _, err := r.dec.ReadToken(); err == nil {
		return r.fail(Trailing)
	}
	return &Error{Reason: Trailing, Offset: int(r.dec.InputOffset())}
}

type reader struct {
	data []byte
	dec  *jsontext.Decoder
}

func (r *reader) fail(reason string) error {
	pointer := ""
	for token := range r.dec.StackPointer().Tokens() {
		pointer = Pointer(pointer, token)
	}
	return &Error{Reason: reason, Offset: int(r.dec.InputOffset()), Pointer: pointer}
}

func (r *reader) token() (jsontext.Token, error) {
	t, err := r.dec.ReadToken()
	if err != nil {
		return t, r.translate(err)
	}
	if r.dec.StackDepth() > MaxDepth {
		return t, r.fail(Depth)
	}
	return t, nil
}

// translate converts an error of the decoder to an *Error.
func (r *reader) translate(err error) error {
	var s *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(r.data)) == 0:
		return &Error{Reason: Empty}
	case !errors.As(err, &s):
		return &Error{Reason: Syntax, Offset: len(r.data)}
	}
	e := &Error{Reason: Syntax, Offset: int(s.ByteOffset), Pointer: string(s.JSONPointer)}
	switch msg := s.Err; {
	case errors.Is(msg, jsontext.ErrDuplicateName):
		e.Reason = Duplicate
	case strings.Contains(msg.Error(), "UTF-8") || strings.Contains(msg.Error(), "surrogate"):
		e.Reason = Encoding
	}
	return e
}

// text returns an error if a string contains a NUL character.
func (r *reader) text(t jsontext.Token) error {
	if strings.IndexByte(t.String(), 0) >= 0 {
		return r.fail(NUL)
	}
	return nil
}

func (r *reader) value() error {
	t, err := r.token()
	if err != nil {
		return err
	}
	switch t.Kind() {
	case 'n', 't', 'f', '0':
		return nil
	case '"':
		return r.text(t)
	case '[':
		return r.array()
	case '{':
		return r.object()
	default:
		return r.fail(Syntax)
	}
}

func (r *reader) array() error {
	for r.dec.PeekKind() != ']' {
		if err := r.value(); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}

func (r *reader) object() error {
	for r.dec.PeekKind() != '}' {
		t, err := r.token()
		if err != nil {
			return err
		}
		if err = r.text(t); err != nil {
			return err
		}
		if err = r.value(); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}
