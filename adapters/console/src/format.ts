// Values and times as a reader wants to see them.
import { split, write } from "./run/values";
import { session, t } from "./session.svelte";

const locales = { en: "en-GB", fr: "fr-FR" };

/** Returns a time of the service in the reader's own time zone. */
export function when(time: string | null): string {
  if (time === null) {
    return "";
  }
  return new Intl.DateTimeFormat(locales[session.language], { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** Returns the time of the day. */
export function clock(time: Date): string {
  return new Intl.DateTimeFormat(locales[session.language], { timeStyle: "short" }).format(time);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** Returns how long ago a time was. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locales[session.language], { numeric: "auto" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) {
      return format.format(Math.trunc(seconds / length), unit);
    }
  }
  return format.format(0, "second");
}

/** Returns a value as text, with the labels of its options. Times keep the offset that was given. */
export function shown(value: unknown, labels: Record<string, string> = {}, type = "string"): string {
  const text = t();
  if (value === null || value === undefined) {
    return text.save.empty;
  }
  if (typeof value === "boolean") {
    return value ? text.field.yes : text.field.no;
  }
  if (Array.isArray(value)) {
    return value.map((one) => shown(one, labels)).join(", ");
  }
  if (typeof value === "object") {
    return JSON.stringify(value);
  }
  const plain = String(value);
  const parts = type === "datetime" || type === "date" ? split(type === "date" ? `${plain}T00:00` : plain) : undefined;
  if (parts !== undefined) {
    const style = type === "date" ? { dateStyle: "long" } as const : { dateStyle: "long", timeStyle: "medium" } as const;
    const local = new Date(`${parts.local}Z`);
    return `${new Intl.DateTimeFormat(locales[session.language], { ...style, timeZone: "UTC" }).format(local)} ${parts.offset}`.trim();
  }
  return type === "number" || type === "integer" ? write(type, plain, session.language) : labels[plain] ?? plain;
}

/** Returns the labels of options by their values. */
export function labels(options: { value: string; label: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((options ?? []).map(({ value, label }) => [value, label]));
}


/** Says which values a field takes, as a person reads it. */
export function range(type: string, min: string | undefined, max: string | undefined): string | undefined {
  const text = t().range[type === "integer" || type === "number" ? "numbers" : "times"];
  const [from, to] = [min, max].map((bound) => (bound === undefined ? undefined : bounded(type, bound)));
  if (from !== undefined && to !== undefined) {
    return text.between(from, to);
  }
  return from !== undefined ? text.atLeast(from) : to !== undefined ? text.atMost(to) : undefined;
}

/** Returns a bound as text. One that is relative to the present is shown as it is written. */
function bounded(type: string, bound: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(bound);
  if (type === "number" && session.language === "fr") {
    return bound.replace(".", ",");
  }
  if ((type !== "date" && type !== "datetime") || Number.isNaN(Date.parse(bound))) {
    return bound;
  }
  return new Intl.DateTimeFormat(locales[session.language], {
    dateStyle: "long", ...(day ? { timeZone: "UTC" } : { timeStyle: "short" }),
  }).format(new Date(bound));
}
