/**
 * A value of a slot. Numbers are strings of their decimal digits, such as "12345678901234567890" or "0.10", because a
 * number of JavaScript would lose digits. Values of `boolean` slots are booleans, those of `multi_enum` lists of strings.
 */
export type SlotValue = string | boolean | string[] | null;

/** Values by slot name. */
export type SlotValues = { [name: string]: SlotValue };

/** A bound of a slot, or one that is relative to the current day or time. Numbers are strings of their digits. */
export type Bound = string;

/**
 * Stands in types for the values that later releases add to an open set, such as that of the codes of problems. It does
 * not exist at run time: code that handles the known values needs a default for all others. A type such as `string & {}`
 * would not survive openapi-fetch, which takes it for an object.
 */
export declare enum OtherString {
  Unknown = "\u0000",
}
