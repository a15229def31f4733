// Values as a person writes them, and as the contract has them.
import type { SlotValue } from "../api/client";

/** Reports whether two values are the same. */
export function same(a: SlotValue, b: SlotValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Returns the value that a text stands for, or null for a text without content. No digit of a number is changed. */
export function read(type: string, text: string, language: string): SlotValue {
  switch (type) {
    case "integer":
    case "number":
      return emptyIsNull(readNumber(text, language));
    case "string":
    case "text":
      return text === "" ? null : text;
    case "time":
      return emptyIsNull(withSeconds(text.trim()));
    default:
      return emptyIsNull(text.trim());
  }
}

/** Returns the text of a value in a language. */
export function write(type: string, value: SlotValue, language: string): string {
  if (typeof value !== "string") {
    return value === null ? "" : String(value);
  }
  return type === "number" && language === "fr" ? value.replace(".", ",") : value;
}

const emptyIsNull = (text: string) => (text === "" ? null : text);

/** In French, a comma separates the decimals, and spaces separate groups of three digits. */
function readNumber(text: string, language: string): string {
  const trimmed = text.trim();
  if (language !== "fr") {
    return trimmed;
  }
  const grouped = /^[+-]?\d{1,3}([\u0020\u00a0\u202f]\d{3})+([.,]\d+)?$/.test(trimmed);
  return (grouped ? trimmed.replace(/[\u0020\u00a0\u202f]/g, "") : trimmed).replace(",", ".");
}

/** A time field of a browser leaves out seconds that are zero. */
export function withSeconds(time: string): string {
  return /^\d\d:\d\d$/.test(time) ? `${time}:00` : time;
}

/** The parts of a date and time (RFC 3339): those of a local clock, and its offset from UTC, such as "+01:00". */
export interface Moment {
  local: string;
  offset: string;
}

const moment = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([Zz]|[+-]\d\d:\d\d)?$/;

/** Splits a date and time. It returns nothing for a text that is none. */
export function split(value: string): Moment | undefined {
  const parts = moment.exec(value);
  if (parts === null) {
    return undefined;
  }
  return { local: `${parts[1]}T${parts[2]}`, offset: (parts[3] ?? "").toUpperCase() };
}

/** Joins what split has parted. */
export function join({ local, offset }: Moment): string {
  const [day = "", time = ""] = local.split("T");
  return local === "" ? "" : `${day}T${withSeconds(time)}${offset}`;
}

/** Returns the offset of this machine's clock at a local time, or now. Those of early years are rounded to minutes. */
export function offsetAt(local: string): string {
  const at = new Date(local === "" ? Date.now() : local);
  const minutes = -Math.round((Number.isNaN(at.getTime()) ? new Date() : at).getTimezoneOffset());
  const two = (n: number) => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** Returns the offset of a moment if it is not that of this machine's clock, which depends on the local time. */
export function ownOffset({ local, offset }: Moment): string | undefined {
  return offset === offsetAt(local) || offset === "" ? undefined : offset;
}

/** Reads an offset as a person writes it, such as "+2", "-0530" or "z". It returns nothing for any other text. */
export function readOffset(text: string): string | undefined {
  const written = text.trim();
  const [, sign, hours = "", minutes = "00"] = /^([+\-\u2212])([01]?\d|2[0-3])(?::?([0-5]\d))?$/.exec(written) ?? [];
  if (sign === undefined) {
    return /^z$/i.test(written) ? "Z" : undefined;
  }
  return `${sign === "+" ? "+" : "-"}${hours.padStart(2, "0")}:${minutes}`;
}

/** Reports whether a browser's field for times can hold a time: it shows any other text as no time at all. */
export function fitsTime(time: string): boolean {
  return time === "" || /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?$/.test(time);
}

/** Reports whether a browser's field for dates and times can hold a local time without losing digits. */
export function fitsField(local: string): boolean {
  return local === "" || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(local);
}
