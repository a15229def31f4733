// One field of the form of a step: what the person has entered, and what the service holds.
import type { FormSlot, Issue, SlotValue } from "../api/client";
import { read, same, write } from "./values";

/** What somebody else has stored in a field that the person is changing. */
export interface Theirs {
  value: SlotValue;
  by: string;
}

const ticked = (type: string) => type === "boolean" || type === "multi_enum";

export class Field {
  readonly language: string;
  slot: FormSlot = $state.raw() as FormSlot;
  /** What the field shows: a text, or for ticks the value itself. */
  input: string | boolean | string[] | null = $state.raw(null);
  /** Whether the person has left the field since it was changed: before, issues stay quiet. */
  left = $state(false);
  /** Whether the browser cannot read what was entered, such as half a date. */
  unreadable = $state(false);
  issue: Issue | null = $state.raw(null);
  theirs: Theirs | null = $state.raw(null);
  /** Whether the person replaces a sensitive value that is given but hidden. */
  replacing = $state(false);
  focused = false;

  private held: SlotValue = $state.raw(null);
  private readonly suggested: SlotValue | undefined; // what the field shows until the person changes it
  private taken: SlotValue | undefined = $state.raw(undefined); // what was sent, where the service holds another form of it

  constructor(slot: FormSlot, language: string) {
    this.language = language;
    this.follow(slot);
    if (!slot.given && !slot.sensitive && slot.default !== undefined) { // a suggestion, which the person can change
      this.suggested = slot.default;
      this.show(slot.default);
    }
  }

  get name(): string {
    return this.slot.name;
  }

  get value(): SlotValue {
    return typeof this.input === "string" ? read(this.slot.type, this.input, this.language) : this.input;
  }

  get dirty(): boolean {
    if (this.slot.sensitive) { // an empty field says nothing about the value that is hidden
      return this.value !== null;
    }
    return !same(this.value, this.held) && (this.taken === undefined || !same(this.value, this.taken));
  }

  /** Reports whether the field shows its default, which nobody has stored. */
  get isSuggestion(): boolean {
    return this.held === null && this.suggested !== undefined && same(this.value, this.suggested);
  }

  /** Shows the value that the service holds. */
  follow(slot: FormSlot): void {
    this.slot = slot;
    this.held = held(slot);
    this.taken = undefined;
    this.theirs = null;
    this.unreadable = false;
    this.show(this.held);
  }

  /** Takes over what the service holds now, without losing what the person has entered meanwhile. */
  merge(slot: FormSlot, by: string | null): void {
    const now = held(slot);
    const untouched = this.isSuggestion;
    const looked = this.focused && this.value !== null && !untouched;
    this.slot = slot;
    if (same(now, this.held)) {
      this.theirs = null;
    } else if (by === null ? this.dirty : same(now, this.value)) {
      this.held = now;
      this.theirs = null;
    } else if (by !== null && (this.theirs !== null || looked || (this.dirty && !untouched))) {
      this.theirs = { value: now, by }; // what the person looks at is not replaced, and not stored as theirs
    } else if (this.focused && this.taken !== undefined) {
      this.held = now;
    } else {
      this.follow(slot);
    }
  }

  /** Notes that the service has taken a value. */
  took(value: SlotValue): void {
    this.theirs = null;
    if (this.slot.sensitive) {
      if (same(value, this.value)) {
        this.show(null); // what is hidden does not stay in the page
        this.replacing = false;
      }
      return;
    }
    this.held = value;
    this.taken = value;
  }

  /** Ends a conflict with the other's value, or with the person's own. */
  resolve(take: boolean): void {
    if (this.theirs === null) {
      return;
    }
    this.held = this.theirs.value;
    this.taken = undefined;
    this.theirs = null;
    if (take) {
      this.show(this.held);
    }
  }

  /** Shows the form in which the service holds the value, once the person is no longer at it. */
  leave(): void {
    this.focused = false;
    this.left = true;
    if (!this.dirty && !this.slot.sensitive && !this.unreadable && this.theirs === null) {
      this.show(this.held);
    }
  }

  private show(value: SlotValue): void {
    this.input = ticked(this.slot.type) ? value : write(this.slot.type, value, this.language);
  }
}

const held = (slot: FormSlot) => (slot.sensitive ? null : (slot.value as SlotValue));
