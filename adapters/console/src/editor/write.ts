// A definition as a text that people edit: YAML in blocks, or JSON.

/** The members of a version that the service adds. */
const added = new Set(["version", "status", "digest", "created_at", "created_by", "warnings", "warning_count"]);

/** What a slot's numbers are called. The client reads them as digits in strings; a text shows them as numbers. */
const numeric = new Set(["min", "max", "default"]);

/** Text that is written as it is. */
class Plain {
  constructor(readonly text: string) {}
}

/** Returns a version as a person writes a definition: without what the service adds, and without what says nothing. */
export function editable(version: object): Record<string, unknown> {
  const kept = Object.entries(version).filter(([name]) => !added.has(name));
  return clean(Object.fromEntries(kept)) as Record<string, unknown>;
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(clean);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const type = (value as { type?: unknown }).type;
  const isNumeric = "name" in value && (type === "number" || type === "integer");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([name, member]) => [name, isNumeric && numeric.has(name) && typeof member === "string" ? new Plain(member) : clean(member)]),
  );
}

/** Returns a definition in JSON. */
export function toJSON(value: unknown, indent = ""): string {
  if (value instanceof Plain) {
    return value.text;
  }
  const inner = `${indent}  `;
  const lines = (all: string[], open: string, close: string) =>
    (all.length === 0 ? open + close : `${open}\n${all.map((one) => inner + one).join(",\n")}\n${indent}${close}`);
  if (Array.isArray(value)) {
    return lines(value.map((one) => toJSON(one, inner)), "[", "]");
  }
  if (typeof value === "object" && value !== null) {
    return lines(Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${toJSON(one, inner)}`), "{", "}");
  }
  return JSON.stringify(value);
}

/** Returns a definition in YAML. */
export function toYAML(value: Record<string, unknown>): string {
  return `${block(value, "").join("\n")}\n`;
}

/** Returns the lines of an object or a list. */
function block(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => {
      const lines = isBlock(one) ? block(one, `${indent}  `) : [`${indent}  ${scalar(one, `${indent}  `)}`];
      return [`${indent}- ${(lines[0] ?? "").slice(indent.length + 2)}`, ...lines.slice(1)];
    });
  }
  return Object.entries(value as object).flatMap(([name, one]) => {
    const key = `${indent}${plain.test(name) ? name : JSON.stringify(name)}:`;
    return isBlock(one) ? [key, ...block(one, `${indent}  `)] : [`${key} ${scalar(one, `${indent}  `)}`];
  });
}

function isBlock(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Plain) && Object.keys(value).length > 0;
}

// A text is written without quotes if YAML takes it for nothing else.
const plain = /^[\p{L}_/](?:[\p{L}\p{N}_/().,;'’%<>=!&|+*°…–«» -]*[\p{L}\p{N}_/().;'’%…»!?])?$/u;
const otherType = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

function scalar(value: unknown, indent: string): string {
  if (typeof value !== "string") {
    return toJSON(value);
  }
  if (/^[^\n\r\t ][^\r\t]*\n[^\r\t]*[^\s]$/u.test(value) && !/[^\P{C}\n]|\u0085|\u2028|\u2029|[ ]\n/u.test(value)) {
    return `|-\n${value.split("\n").map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
  }
  return plain.test(value) && !otherType.test(value) && !value.includes(" #") ? value : JSON.stringify(value);
}
