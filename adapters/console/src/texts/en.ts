// The texts of the console in English. Those of procedures and of problems come from the service.
export const en = {
  language: "English",
  title: "Procedo",
  skipLink: "Go to the content",
  loading: "Loading…",
  unreachable: "The service does not answer. Check the connection; the page tries again.",
  outdated: "This part of the page is not there. The server may have a newer version.",
  reload: "Load the page again",
  again: "Try again",
  close: "Close",
  cancel: "Cancel",
  more: "Show more",
  none: "None",
  notFound: "There is no such page",
  notFoundMore: "The address may be incomplete. All runs are listed on the first page.",
  labelled: (name: string) => `${name}:`,
  optional: "optional",
  somebody: "Somebody", unnamed: "Enter your name",
  nav: { runs: "Runs", procedures: "Procedures", settings: "Settings", reference: "API", main: "Main" },
  runStates: { pending: "Not started", in_progress: "In progress", completed: "Completed", failed: "Failed" } as Named,
  stepStates: {
    locked: "To come", open: "Open", committed: "Done", skipped: "Skipped", not_applicable: "Does not apply",
  } as Named,
  origins: { manual: "by hand", agent: "by an assistant", device: "by a device", import: "imported" } as Named,
  runs: {
    title: "Runs", start: "Start a run", search: "Reference", searchHint: "Exact reference (press /)",
    whose: "Whose", mine: "For me", all: "All", which: "State", open: "Open", finished: "Finished",
    empty: "No run matches.", emptyMine: "No open run is for you.", emptyHint: "Start one, or look at everybody’s runs and at finished ones.",
    reference: "Reference", procedure: "Procedure", step: "Current step", for: "For", started: "Started", changed: "Last change",
    state: "State", noReference: "no reference", keys: "Keys: / search, j and k move, Enter opens.",
  },
  start: {
    title: "Start a run", procedure: "Procedure", search: "Search procedures", reference: "Reference",
    referenceHint: "What people call it, such as a ticket number.", user: "For", userHint: "Left empty: for you.",
    go: "Start", nothing: "No procedure matches.",
  },
  run: {
    back: "All runs", steps: "Steps", form: "Step", trail: "Trail", visit: (n: number) => `visit ${n}`,
    progress: (done: number, total: number) => `${done} of ${total} steps done`,
    lost: (who: string, step: string) => `${who} has closed the step ${step}. What you had entered was not stored:`,
    provisional: "the way may still change", commit: "Complete step", committing: "Completing…", skip: "Skip", fail: "Stop the run…",
    amend: "Correct", amending: "Correct this step", saveAmendment: "Record the correction", report: "Report", bundle: "Evidence file",
    required: "needed", checklist: "Checklist", rules: "Rules", earlier: (n: number) => `Entered ${n + 1} times. Earlier values are in the trail.`,
    tickedBy: (who: string, when: string) => `${who}, ${when}`,
    doneBy: (who: string, when: string) => `Done by ${who}, ${when}`, amendedMark: "corrected", reason: "Reason",
    notNow: "Does not apply", undecided: "Depends on answers still missing",
    completed: "The run is completed.", failed: "The run was stopped.", toCurrent: "Go to the open step",
    stepDone: (step: string) => `${step} is done.`, none: "This step asks for nothing: complete it when it is done.",
    diverged: "A correction changed an answer that the path of this run depended on. The run goes on as it was; the trail shows where.",
    erased: "erased", notGiven: "not given", changedMeanwhile: "The run has changed since. Look at it again, then complete the step.",
    changedAmended: "The run has changed since. Look at the values again, then record the correction.",
    noAnswer: "The service did not answer. Press again: it will not be done twice.",
  },
  save: {
    saved: (time: string) => `Saved ${time}`, saving: "Saving…", unsaved: "Not saved yet", failed: "Not saved",
    again: "Save again", conflict: (who: string, value: string) => `${who} changed this to ${value}.`, take: "Take theirs", keep: "Keep mine",
    empty: "nothing",
  },
  field: {
    yes: "Yes", no: "No", clear: "Clear", choose: "Choose…", offset: "Offset from UTC", hidden: "Given, hidden", replace: "Replace",
    reveal: "Reveal…", mask: (mask: string) => `Form: ${mask}`, unit: (unit: string) => `in ${unit}`, unreadable: "This is not complete yet.",
   
    keepHidden: "Keep the given value", now: "Now",
  },
  range: {
    numbers: {
      between: (min: string, max: string) => `From ${min} to ${max}.`, atLeast: (min: string) => `At least ${min}.`,
      atMost: (max: string) => `At most ${max}.`,
    },
    times: {
      between: (min: string, max: string) => `From ${min} to ${max}.`, atLeast: (min: string) => `Not before ${min}.`,
      atMost: (max: string) => `Not after ${max}.`,
    },
  },
  issues: { title: (n: number) => (n === 1 ? "One thing must be corrected" : `${n} things must be corrected`) },
  why: {
    title: "Why?", rule: "The condition", result: "Result", holds: "holds", fails: "does not hold", undecided: "not decided yet",
    seen: "It read", waits: "It waits for",
  },
  travel: {
    title: "As it stood", at: (n: number, last: number) => `after event ${n} of ${last}`, now: "Back to now", keys: "With Shift, the arrow keys go to the next notable event.",
    since: (value: string) => `now: ${value}`, nothing: "No values yet",
  },
  verify: {
    open: "Verify…", title: "Is the trail intact?", service: "The service says", browser: "This browser computes",
    valid: (n: number) => `All ${n} events hold.`, invalid: (n: number) => (n === 1 ? "One thing does not hold." : `${n} things do not hold.`),
    covered: (seq: number, time: string) => `A signed checkpoint covers the events up to #${seq} (${time}).`,
    uncovered: "No signed checkpoint covers this run yet: anyone who can write to the database could replace the whole trail.",
    warning: "Warning,", insecure: "Browsers only compute hashes on pages from HTTPS or from this machine.",
    how: "Each event holds the hash of the one before it. The bytes were hashed again here, and compared with what the trail shows.",
    partial: (n: number, all: number) => `The trail is incomplete: ${n} of ${all} events are here. Only a complete trail can be verified.`,
    alter: "Show an alteration, in a copy", altered: (n: number) => `In a copy, one character of event #${n} is now another. The result:`,
    copy: "Only the copy in this page was altered.", at: (n: number, problem: string) => `#${n}: ${problem}`,
    problems: {
      sequence: "its number does not follow", previous: "it does not follow the event before it", hash: "its hash is not that of its bytes",
      copied: "what is shown differs from what was hashed", disclosed: "a value is not the one that was recorded",
    },
  },
  report: {
    back: "Back to the run", print: "Print", closed: "Closed", number: "Run", exceptions: "What a reviewer must see",
    change: (before: string, after: string) => `${before} became ${after}`,
    hash: (n: number) => `The trail has ${n} events. The hash of the last one:`,
  },
  reason: {
    skip: "Skip this step", skipMore: "The reason is kept in the trail.", fail: "Stop the run for good",
    failMore: "Nothing more can be done in it afterwards. The reason is kept in the trail.", reveal: "Reveal this value",
    revealMore: "The trail records that you saw it, and why, before it is shown.", label: "Reason", revealed: "The value",
  },
  trail: {
    title: "Trail", all: "All", notable: "Notable", by: "by", empty: "Nothing yet.", canonical: "Bytes that were hashed", hash: "Hash",
    previous: "Previous hash", filter: "Show", step: "This step", hidden: "hidden", open: "Details",
    kinds: {
      refusal: "refused", amendment: "corrected", skip: "skipped", repeated_visit: "entered again", not_by_hand: "not by hand",
      reveal: "revealed", unproven: "actor not proven", erasure: "erased",
    } as Named,
    actions: {
      "run.created": "Run created", "run.started": "Run started", "run.completed": "Run completed", "run.failed": "Run stopped",
      "run.action_refused": "Refused", "step.opened": "Step opened", "step.draft_saved": "Draft saved", "step.draft_refused": "Draft refused",
      "step.committed": "Step completed", "step.commit_refused": "Refused", "step.amended": "Corrected", "step.skipped": "Step skipped",
      "step.not_applicable": "Step does not apply", "run.content_erased": "Content erased", "slot.revealed": "Value revealed",
      "step.value_erased": "Value erased",
    } as Named,
  },
  procedures: { title: "Procedures", search: "Search", empty: "No procedure matches.", version: (n: number) => `version ${n}`, archived: "archived", start: "Start", edit: "Edit", new: "New procedure" },
  procedure: {
    version: "Version", compare: "Compare with", nothing: "nothing", changes: (n: number) => `What has changed since version ${n}`, place: "Place",
    before: "Before", after: "After", same: "Nothing.", ways: "Ways", end: "End", only: (step: string) => `${step} applies only if`,
    way: (from: string, to: string) => `From ${from} to ${to} if`, sensitive: "sensitive",
  },
  signIn: {
    title: "Sign in", text: "Sign in to use this service.", go: "Sign in", out: "Sign out",
    ended: "Your session has ended. What you have typed stays on this page.", tab: "Sign in again in a new tab",
  },
  settings: {
    title: "Settings", language: "Language", theme: "Appearance", auto: "As the system", light: "Light", dark: "Dark", name: "Your name",
    nameHint: "Recorded with what you do. Nobody checks it: this service does not ask who you are.",
    known: (name: string) => `You are signed in as ${name}.`, save: "Save", saved: "Saved.", unsaved: "Not saved: this browser does not keep it.", here: "Kept in this browser only.",
    roles: "Roles",
  },
};

export type Texts = typeof en;
type Named = Record<string, string>;
