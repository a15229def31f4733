// Joins a draft with the newest version, where somebody else has published meanwhile.
import { merge, type Merged } from "../procedure/merge";
import { read } from "./document";
import { editable, toYAML } from "./write";

/** Returns the draft with what has changed between the version that it began with and the newest one. */
export function join(base: object, newest: object, draft: object): Merged {
  const { value, conflicts } = merge(written(base), written(newest), written(draft));
  return { value: editable(value as object), conflicts };
}

/** Returns a version as the text of it is read: numbers, for one, come from the service in another form. */
const written = (version: object) => read(toYAML(editable(version))).value ?? {};
