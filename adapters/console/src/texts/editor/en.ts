// The texts of the editor in English. They are loaded with it.
export const en = {
  title: (name: string) => `Edit ${name}`, newTitle: "New procedure", text: "Definition", code: "The definition, in YAML or JSON",
  status: {
    checking: "Checking…", valid: "No errors", unreadable: "Cannot be read yet", unchecked: "Not checked",
   
    findings: (n: number) => (n === 1 ? "1 finding" : `${n} findings`), kept: "Kept in this browser.", lost: "Not kept: this browser has no room for it.",
  },
  kept: (when: string, version: number) => `This is your draft of ${when}${version === 0 ? "" : `, begun on version ${version}`}. It was kept in this browser.`,
  discard: "Discard it", asYAML: "Write as YAML", asJSON: "Write as JSON", add: "Add", step: "Step", field: "Field", item: "Checklist item",
  condition: "Condition", hint: "Ctrl+Space suggests what can stand here. Tab leaves the editor.",
  new: { name: "New procedure", step: "New step", field: "New field", item: "New item" },
  sameID: (id: string) => `The id of a procedure does not change. Put back ${id}, or write a new procedure.`,
  archived: "This procedure is archived: it takes no new versions until somebody makes it active again.",
  elsewhere: "You are writing another draft of this procedure in another tab. Only one of them can be kept.",
  takeElsewhere: "Take the other one", keepHere: "Keep this one",
  views: { findings: "Findings", ways: "Ways", trial: "Try", rehearsal: "Rehearse" }, view: "Beside the text",
  nothing: "Nothing is wrong.", warning: "note", error: "error", earlier: "This is about the last text that was valid.",
  first: "First correct what the findings say.",
  unreadable: {
    indent: "The indentation does not fit the lines above.", tab: "YAML takes spaces, not tabs, for indentation.",
    duplicate: "This name is already used in the same place.", unclosed: "Something is opened here and not closed.",
    alias: "Aliases (*name) are not supported.", several: "There must be one definition, without ---.",
    empty: "A definition has at least a name and steps.", syntax: "This is neither YAML nor JSON.",
  },
  trial: {
    about: "Fill in what you like: below is the way that a run would take.", clear: "Begin again", skip: "Skip this step", missing: "needed:",
    more: "Give more answers to see what follows.", end: "The run is completed.", stops: "The run stops here.", because: "because", visit: (n: number) => `visit ${n}`, passed: "does not apply",
    holds: "holds", fails: "does not hold",
  },
  rehearsal: {
    about: "The answers of the last finished runs, walked through this draft. Nothing is changed.", start: "Rehearse on finished runs",
    running: (done: number, all: number) => `${done} of ${all} runs…`, none: "No run of this procedure is finished yet.",
    summary: (same: number, other: number, stops: number) => `${same} as before, ${other} another way, ${stops} stop`,
    open: (n: number, more: boolean) => `${more ? "More than " : ""}${n} open ${n === 1 ? "run stays" : "runs stay"} on ${n === 1 ? "its" : "their"} version.`,
    kinds: { same: "As before", other: "Another way", stops: "Stops" } as Record<string, string>, run: "Run", was: "Was", now: "With the draft", missing: (step: string, fields: string) => `At ${step}, needed: ${fields}.`,
    hidden: (n: number) => (n === 1 ? "One value is not in the trail (sensitive, withheld or erased), and was left out." : `${n} values are not in the trail (sensitive, withheld or erased), and were left out.`),
    outdated: "The draft has changed since. Rehearse again.", noReference: "no reference",
  },
  publish: {
    open: "Publish…", title: "Publish this version?", go: "Publish", create: "Create", changes: (n: number) => `What changes compared with version ${n}`, same: "Nothing changes: the definition is the same.",
    newProcedure: "The procedure can be started at once.", runs: "Runs that are open stay on their version.",
    stale: (n: number, who: string) => `${who} has published version ${n} meanwhile.`, theirs: (n: number) => `What version ${n} changed`,
    yours: (n: number) => `What your draft changes compared with version ${n}`, over: (n: number) => `Publish over version ${n}`, later: "Go on editing",
    clash: "Both have changed these; yours stay:", take: (n: number) => `Take over what version ${n} changed`, comments: "Comments are not part of a version: they are lost when it is published.",
  },
  phrases: {} as Record<string, string>,
};

export type EditorTexts = typeof en;
