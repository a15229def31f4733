import { expect, test } from "vitest";

import { placeAt } from "./place";

/** Returns the place of the mark in a text, as its path, kind and the word that is being written. */
function at(marked: string): string | undefined {
  const position = marked.indexOf("‸");
  const text = marked.replace("‸", "");
  const place = placeAt(text, position);
  return place && `${place.path.join("/")} ${place.kind} ${text.slice(place.from, position)}`;
}

test("in YAML, the indentation says where one is", () => {
  const cases: Record<string, string | undefined> = {
    "na‸": " name na",
    "‸": " name ",
    "name: ‸": "name value ",
    "name:‸": "name value ",
    "steps:\n  - ‸": "steps/0 name ",
    "steps:\n  - key: a\n    ti‸": "steps/0 name ti",
    "steps:\n  - key: a\n  - key: b\n    slots:\n      - name: x\n        type: da‸": "steps/1/slots/0/type value da",
    "steps:\n- key: a\n- key: b\n  slots:\n  - name: x\n  - name: y\n    ‸": "steps/1/slots/1 name ",
    "steps:\n- key: a\nlang‸": " name lang",
    "steps:\n  - key: a\n    slots:\n      - name: x\n    tr‸": "steps/0 name tr",
    "steps:\n  - key: a\n    prompt: |\n      type: x\n      ty‸": undefined,
    "steps:\n  - key: a\n    prompt: |\n      type: x\n\n    ty‸": "steps/0 name ty",
    "# steps:\n# ‸": undefined,
    "steps: # all\n  - key: a\n    ‸\n  - key: b": "steps/0 name ",
    "name: a b‸": "name word b",
    "steps:\n  - key: a\n    when: \"!b.c && d.‸\"": "steps/0/when word d.",
    '"steps":\n  - "key": ‸': "steps/0/key value ",
    "steps:\n  - key: a\n    slots:\n      - type: enum\n        options:\n          - va‸": "steps/0/slots/0/options/0 name va",
    "steps:\n  - - ‸": "steps/0/0 name ",
  };
  for (const [text, expected] of Object.entries(cases)) {
    expect(at(text), text).toBe(expected);
  }
});

test("in JSON, the brackets say where one is", () => {
  const cases: Record<string, string | undefined> = {
    '{"na‸': " name \"na",
    "{‸": " name ",
    '{"name": "‸': 'name value "',
    '{"steps": [{"key": "a"}, {‸': "steps/1 name ",
    '{"steps": [{"key": "a", "slots": [{"name": "{[,", "type": "da‸"': 'steps/0/slots/0/type value "da',
    '{"steps": [{"key": "a"}], "la‸': ' name "la',
    '{"a": "\\\\", "b\\"c": {"d": tr‸': 'b\\"c/d value tr',
    '[‸': "0 value ",
    '{"when": "!a.b && c.‸"}': "when word c.",
    '{"a": {}}‸': undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    expect(at(text), text).toBe(expected);
  }
});
