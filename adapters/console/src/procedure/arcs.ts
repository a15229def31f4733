// How the ways between steps are drawn: steps stand below each other, and ways that do not lead to the next one are arcs,
// forward at the right, backward at the left.
export interface Way {
  from: string;
  to: string;
  when?: string;
  back: boolean;
}

export interface Arc {
  way: Way;
  path: string;
  /** Where the number of the way stands; only conditional ways have one. */
  x: number;
  y: number;
  number?: number;
}

export const row = 72;
export const box = { x: 96, width: 248, height: 44 };

/** Returns the arcs of the ways between steps, which are given in their order. */
export function arcs(keys: readonly string[], ways: readonly Way[]): Arc[] {
  let number = 0;
  return ways.map((way) => {
    const [from, to] = [keys.indexOf(way.from), keys.indexOf(way.to)];
    const numbered = way.when === undefined ? {} : { number: ++number };
    const middle = (index: number) => index * row + box.height / 2;
    if (to === from + 1) {
      const x = box.x + box.width / 2;
      return { way, path: `M${x} ${from * row + box.height}V${to * row - 4}`, x: x + 16, y: from * row + (box.height + row) / 2, ...numbered };
    }
    const right = to > from;
    const x = right ? box.x + box.width : box.x;
    const reach = (right ? 1 : -1) * Math.min(24 + 14 * Math.abs(to - from), 80);
    const [start, end] = [middle(from) + (right ? 8 : -8), middle(to) + (right ? -8 : 8)];
    const tip = x + (right ? 4 : -4);
    return { way, path: `M${x} ${start}C${x + reach} ${start} ${x + reach} ${end} ${tip} ${end}`, x: x + reach * 0.75, y: (start + end) / 2, ...numbered };
  });
}
