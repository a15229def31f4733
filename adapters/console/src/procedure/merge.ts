// Joins what two authors have changed in the same version.
type Members = Record<string, unknown>;
type Parts = Map<string, unknown>;

/** The places where both have changed something: the author's own stays. */
export interface Merged {
  value: unknown;
  conflicts: string[][];
}

/** Returns an author's definition with the changes of somebody else. Parts of lists are the same if their names are. */
export function merge(base: unknown, theirs: unknown, mine: unknown): Merged {
  const conflicts: string[][] = [];
  return { value: join(base, theirs, mine, [], conflicts), conflicts };
}

function join(base: unknown, theirs: unknown, mine: unknown, place: string[], conflicts: string[][]): unknown {
  if (same(theirs, base) || same(theirs, mine)) {
    return mine;
  }
  if (same(mine, base)) {
    return theirs;
  }
  const [b, t, m] = [parts(base), parts(theirs), parts(mine)];
  if (t === undefined || m === undefined || Array.isArray(theirs) !== Array.isArray(mine)) {
    conflicts.push(place);
    return mine;
  }
  const joined = new Map<string, unknown>();
  for (const key of order(b, t, m, Array.isArray(mine) ? () => conflicts.push([...place, "order"]) : () => undefined)) {
    const one = join(b?.get(key), t.get(key), m.get(key), [...place, key], conflicts);
    if (one !== undefined) {
      joined.set(key, one);
    }
  }
  return Array.isArray(mine) ? [...joined.values()] : Object.fromEntries(joined);
}

/**
 * Returns the keys of both in the order of whoever has changed it. If both have, it is the author's, and if they do not
 * agree, that is a conflict.
 */
function order(base: Parts | undefined, theirs: Parts, mine: Parts, conflict: () => void): string[] {
  const common = (one: Parts | undefined) => [...one?.keys() ?? []].filter((key) => theirs.has(key) && mine.has(key) && (base?.has(key) ?? true));
  const [before, there, here] = [base, theirs, mine].map(common);
  if (same(there, here) || same(there, before)) {
    return inserted([...mine.keys()], [...theirs.keys()]);
  }
  if (!same(here, before)) {
    conflict();
    return inserted([...mine.keys()], [...theirs.keys()]);
  }
  return inserted([...theirs.keys()], [...mine.keys()]);
}

/** Returns the keys of both in the order of the first; a key that only the other has comes after the one before it there. */
function inserted(first: string[], other: string[]): string[] {
  const all = [...first];
  other.forEach((key, i) => {
    if (!all.includes(key)) {
      all.splice(i === 0 ? 0 : all.indexOf(other[i - 1] ?? "") + 1, 0, key);
    }
  });
  return all;
}

/** Returns the members of an object, or of a list whose parts have names. */
function parts(value: unknown): Parts | undefined {
  if (!Array.isArray(value)) {
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  }
  const names = value.map((one: Members | null) => (typeof one === "object" ? one?.["key"] ?? one?.["name"] : undefined));
  const distinct = new Set(names);
  return distinct.size === value.length && names.every((name) => typeof name === "string")
    ? new Map(value.map((one, i) => [names[i] as string, one])) : undefined;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
