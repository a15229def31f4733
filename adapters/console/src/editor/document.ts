// The text of a definition, in YAML or JSON, which is YAML too. The service takes JSON: this reads the text, keeps the
// digits of its numbers, and knows where everything stands.
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";

export interface Span {
  from: number;
  to: number;
}

/** Why a text cannot be read, by the name of its message, and where. */
export interface Unreadable extends Span {
  reason: "indent" | "tab" | "duplicate" | "unclosed" | "alias" | "several" | "empty" | "syntax";
}

export interface Read {
  /** The definition, or nothing if the text cannot be read. */
  value: Record<string, unknown> | undefined;
  problems: Unreadable[];
  /** Returns where the value at a JSON pointer (RFC 6901) stands, or what it would be a part of. */
  locate(pointer: string): Span;
}

const reasons: Record<string, Unreadable["reason"]> = {
  BAD_INDENT: "indent", TAB_AS_INDENT: "tab", DUPLICATE_KEY: "duplicate", MISSING_CHAR: "unclosed", MULTIPLE_DOCS: "several",
};

/** Reads a text. Aliases are refused, because few lines with them can stand for more than memory holds. */
export function read(text: string): Read {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const problems: Unreadable[] = [...document.errors, ...document.warnings]
    .map(({ code, pos: [from, to] }) => ({ reason: reasons[code] ?? "syntax", from, to }));
  const locate = (pointer: string) => place(document, text, pointer);
  if (problems.length > 0) {
    return { value: undefined, problems, locate };
  }
  const value = valueOf(document.contents, problems);
  if (problems.length === 0 && !isMap(document.contents)) {
    problems.push({ reason: "empty", from: 0, to: text.length });
  }
  return { value: problems.length > 0 ? undefined : value as Record<string, unknown>, problems, locate };
}

function valueOf(node: unknown, problems: Unreadable[]): unknown {
  if (isMap(node)) {
    return Object.fromEntries(node.items.map(({ key, value }) => [nameOf(key), valueOf(value, problems)]));
  }
  if (isSeq(node)) {
    return node.items.map((item) => valueOf(item, problems));
  }
  if (isAlias(node)) {
    const [from = 0, to = 0] = node.range ?? [];
    problems.push({ reason: "alias", from, to });
  }
  return !isScalar(node) ? null : typeof node.value === "number" ? exact(node.value, node.source ?? "") : node.value;
}

const nameOf = (key: unknown) => (isScalar(key) ? (typeof key.value === "string" ? key.value : key.source ?? "") : "");

/** Returns a number if a double holds it exactly, or else its digits, which the service takes in its place. */
function exact(value: number, source: string): number | string {
  const digits = (text: string) => text.replace(/e.*$/i, "").replace(/[-+.]/g, "").replace(/^0+|0+$/g, "");
  return !/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(source) || digits(source) === digits(String(value)) ? value : source;
}

function place(document: Document.Parsed, text: string, pointer: string): Span {
  const segments = pointer.split("/").slice(1).map((one) => one.replaceAll("~1", "/").replaceAll("~0", "~"));
  let found: Span = { from: 0, to: Math.max(0, text.indexOf("\n")) };
  let node: unknown = document.contents;
  for (const segment of segments) {
    let next: unknown;
    let span: Span | undefined;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => nameOf(key) === segment);
      next = pair?.value;
      span = spanOf(next) ?? spanOf(pair?.key);
      if (pair !== undefined && (isMap(next) || isSeq(next))) {
        span = spanOf(pair.key); // a block is shown at its name
      }
    } else if (isSeq(node)) {
      next = node.items[Number(segment)];
      span = firstLine(text, spanOf(next));
    }
    if (span === undefined) {
      break;
    }
    [found, node] = [span, next];
  }
  return found;
}

function spanOf(node: unknown): Span | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range == null || range[1] === range[0] ? undefined : { from: range[0], to: range[1] };
}

function firstLine(text: string, span: Span | undefined): Span | undefined {
  const end = span === undefined ? -1 : text.indexOf("\n", span.from);
  return span === undefined || end < 0 || end > span.to ? span : { from: span.from, to: end };
}
