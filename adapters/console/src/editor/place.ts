// Where the cursor is in a definition that is being written, and may not be complete: only the text before it counts.
export interface Place {
  /** The names and indexes that lead to the object, list or member. */
  path: (string | number)[];
  /**
   * Whether a name of a member is written here, a value, or a later word of a value. In a list, a name can also be an
   * entry.
   */
  kind: "name" | "value" | "word";
  /** Where the word that is being written begins. */
  from: number;
  /** Whether the word stands in a text of a condition, after an apostrophe. */
  quoted?: boolean;
}

/** Returns the place at a position, or nothing inside of a comment or where nothing can be suggested. */
export function placeAt(text: string, position: number): Place | undefined {
  const found = /^\s*[{[]/.test(text) ? inJSON(text.slice(0, position)) : inYAML(text.slice(0, position));
  return found && { ...found, quoted: text[found.from - 1] === "'" };
}

const wordOf = (text: string) => /[\w.-]*$/.exec(text)?.[0] ?? "";

interface Frame {
  key: string | number;
  list: boolean;
}

function inJSON(text: string): Place | undefined {
  const frames: Frame[] = [];
  let named = false; // whether the name of the member is complete
  for (let i = 0; i < text.length; i++) {
    const top = frames.at(-1);
    switch (text[i]) {
      case '"': {
        const end = closing(text, i);
        if (end === undefined) {
          const word = wordOf(text);
          const found = place(frames, named, i);
          return word.length === text.length - i - 1 || found?.kind === "name" ? found : found && { ...found, kind: "word", from: text.length - word.length };
        }
        if (top !== undefined && !top.list && !named) {
          top.key = text.slice(i + 1, end);
        }
        i = end;
        break;
      }
      case "{":
      case "[":
        frames.push({ key: text[i] === "[" ? 0 : "", list: text[i] === "[" });
        named = false;
        break;
      case "}":
      case "]":
        frames.pop();
        named = true;
        break;
      case ":":
        named = true;
        break;
      case ",":
        named = false;
        if (typeof top?.key === "number") {
          top.key++;
        }
    }
  }
  return place(frames, named, text.length - wordOf(text).length);
}

function place(frames: Frame[], named: boolean, from: number): Place | undefined {
  const top = frames.at(-1);
  if (top === undefined) {
    return undefined;
  }
  const path = frames.map(({ key }) => key);
  return top.list || named ? { path, kind: "value", from } : { path: path.slice(0, -1), kind: "name", from };
}

/** Returns the index of the quote that closes the one at a position. */
function closing(text: string, open: number): number | undefined {
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === "\\") {
      i++;
    } else if (text[i] === '"') {
      return i;
    }
  }
  return undefined;
}

interface Entry {
  indent: number;
  /** The name of a member, or the index of an entry of a list. */
  key: string | number;
}

/** Follows the indentation of the lines. What YAML allows besides blocks is not followed. */
function inYAML(text: string): Place | undefined {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const entries: Entry[] = [];
  let verbatim = Infinity; // lines that are indented more are a text
  for (const line of lines) {
    if (line.trim() === "" || indentOf(line) > verbatim) {
      continue;
    }
    verbatim = Infinity;
    const rest = enter(entries, line);
    if (/^[|>]/.test(rest.value ?? "")) {
      verbatim = rest.indent;
    }
  }
  if (/(^|\s)#/.test(last) || (last.trim() !== "" && indentOf(last) > verbatim)) {
    return undefined;
  }
  const { value, indent } = enter(entries, last);
  const word = wordOf(last);
  const from = text.length - word.length;
  if (value !== undefined) {
    return { path: entries.map(({ key }) => key), kind: value === word ? "value" : "word", from };
  }
  while ((entries.at(-1)?.indent ?? -1) >= indent) {
    entries.pop();
  }
  return indent + word.length === last.length ? { path: entries.map(({ key }) => key), kind: "name", from } : undefined;
}

const indentOf = (line: string) => /^ */.exec(line)?.[0].length ?? 0;

/** Goes to a line. It returns where its content begins, and the value if the line names a member. */
function enter(entries: Entry[], line: string): { indent: number; value?: string } {
  let indent = indentOf(line);
  let rest = line.slice(indent);
  for (let dash = /^- +|^-$/.exec(rest); dash !== null; dash = /^- +|^-$/.exec(rest)) {
    while ((entries.at(-1)?.indent ?? -1) > indent) {
      entries.pop();
    }
    const list = entries.at(-1);
    if (list?.indent === indent && typeof list.key === "number") {
      list.key++;
    } else {
      entries.push({ indent, key: 0 });
    }
    indent += dash[0].length;
    rest = rest.slice(dash[0].length);
  }
  const named = /^(?:([\w.-]+)|"([^"]*)"):(?: +(.*)|$)/.exec(rest);
  if (named === null) {
    return { indent };
  }
  while ((entries.at(-1)?.indent ?? -1) >= indent) {
    entries.pop();
  }
  entries.push({ indent, key: named[1] ?? named[2] ?? "" });
  return { indent, value: named[3] ?? "" };
}
