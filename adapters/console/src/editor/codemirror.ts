// The editor of texts. It is mounted in a shadow root, where its style sheets are adopted: the policy allows no <style>.
import {
  acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, type Completion, type CompletionContext, completionKeymap,
  type CompletionResult, insertBracket,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { placeAt } from "./place";
import type { Suggestion } from "./suggest";

export interface Finding {
  from: number;
  to: number;
  severity: "error" | "warning";
  message: string;
}

export interface Options {
  text: string;
  label: string;
  /** The words of the editor itself in the reader's language, by those in English. */
  phrases: Record<string, string>;
  changed: (text: string) => void;
  suggest: (text: string, position: number) => Suggestion[];
}

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "0.875rem", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunk)", color: "var(--soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 45%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionInfo": { maxWidth: "22rem", padding: "0.4rem 0.6rem", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  // The editor's own marks are images in the sheet, which the policy allows none of.
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lintRange-active": { backgroundColor: "var(--warn-soft)" },
  ".cm-lint-marker": { content: "normal", borderRadius: "50%", width: "0.6em", height: "0.6em", margin: "0.4em 0.2em" },
  ".cm-lint-marker-error": { content: "normal", backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "normal", backgroundColor: "var(--warn)" },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--warn)" },
  { tag: [tags.comment, tags.punctuation, tags.separator], color: "var(--soft)" },
]);

/** The editor on a page. */
export class Editor {
  private readonly view: EditorView;
  private readonly form = new Compartment();
  private isJSON: boolean;

  constructor(host: HTMLElement, private readonly options: Options) {
    this.isJSON = isJSON(options.text);
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.view = new EditorView({ parent: root, root, state: this.state(options.text) });
  }

  /** Shows another text. It can be undone like a change. */
  set(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Adds a text at the end of a line, selects a part of it, and takes the focus. */
  insert(at: number, text: string, selected: { from: number; to: number }): void {
    const selection = { anchor: at + selected.from, head: at + selected.to };
    this.view.dispatch({ changes: { from: at, insert: text }, selection, scrollIntoView: true });
    this.view.focus();
  }

  get position(): number {
    return this.view.state.selection.main.head;
  }

  /** Marks what was found. Findings outside of the text stand at its end. */
  mark(findings: Finding[]): void {
    const end = this.view.state.doc.length;
    const diagnostics: Diagnostic[] = findings.map((one) => ({ ...one, from: Math.min(one.from, end), to: Math.min(one.to, end) }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Goes to a place of the text. */
  show({ from, to }: { from: number; to: number }): void {
    const end = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, effects: EditorView.scrollIntoView(Math.min(from, end), { y: "center" }) });
    this.view.focus();
  }

  close(): void {
    this.view.destroy();
  }

  private state(doc: string): EditorState {
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(),
        EditorView.lineWrapping, indentUnit.of("  "), EditorState.phrases.of(this.options.phrases), theme, syntaxHighlighting(colours),
        this.form.of(this.isJSON ? json() : yaml()), autocompletion({ override: [(context) => this.complete(context)] }),
        EditorView.contentAttributes.of({ "aria-label": this.options.label, tabindex: "0" }),
        // Tab moves on, as everywhere on a page: who works with the keyboard alone must get out of the editor.
        keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.updateListener.of((update) => update.docChanged && this.changed()),
      ],
    });
  }

  private changed(): void {
    const text = this.view.state.doc.toString();
    this.options.changed(text);
    if (isJSON(text) !== this.isJSON) {
      this.isJSON = !this.isJSON;
      queueMicrotask(() => this.view.dispatch({ effects: this.form.reconfigure(this.isJSON ? json() : yaml()) }));
    }
  }

  private complete({ state, pos, explicit }: CompletionContext): CompletionResult | null {
    const text = state.doc.toString();
    const place = placeAt(text, pos);
    if (place === undefined || (!explicit && pos === place.from)) {
      return null;
    }
    const column = place.from - state.doc.lineAt(place.from).from;
    const found = this.options.suggest(text, pos).map((one) => completion(one, this.isJSON && place.kind !== "word", column));
    const to = this.isJSON && text[place.from] === '"' && text[pos] === '"' ? pos + 1 : pos;
    // While the word grows, the list is only filtered: a click is lost while a new list is awaited.
    const kept = text[place.from] === '"' ? { filter: false } : { validFor: /^[\w.-]*$/ };
    return found.length === 0 ? null : { from: place.from, to, options: found, ...kept };
  }
}

/** Types over a selection. A browser that does so itself can add style attributes, which the policy forbids. */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || event.data === null || view.state.selection.main.empty) {
    return false;
  }
  const change = insertBracket(view.state, event.data) ?? view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  view.dispatch(change);
  return true;
}

const isJSON = (text: string) => /^\s*[{[]/.test(text);

function completion({ label, kind, about, needed, opens }: Suggestion, inJSON: boolean, column: number): Completion {
  const indent = `\n${" ".repeat(column)}  `;
  const after = inJSON
    ? { value: ": ", list: ": [", members: ": {" }[opens]
    : { value: ": ", list: `:${indent}- `, members: `:${indent}` }[opens];
  const quoted = inJSON && (kind === "name" || !/^(true|false)$/.test(label)) ? JSON.stringify(label) : label;
  return {
    label, type: kind === "name" ? "property" : "enum", boost: needed ? 1 : 0, apply: kind === "name" ? quoted + after : quoted,
    ...(about === undefined ? {} : { info: about }),
  };
}
