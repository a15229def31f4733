import { session } from "../../session.svelte";
import { en, type EditorTexts } from "./en";
import { fr } from "./fr";

/** Returns the texts of the editor in the person's language. */
export const e = (): EditorTexts => ({ en, fr })[session.language];
