/**
 * A value of a slot. Numbers are strings of their decimal digits, such as "12345678901234567890" or "0.10", because a
 * number of JavaScript would lose digits. Values of `boolean` slots are booleans, those of `multi_enum` lists of strings.
 */
export type SlotValue = string | boolean | string[] | null;

/** Values by slot name. */
export type SlotValues = { [name: string]: SlotValue };

/** A bound of a slot, or one that is relative to the current day or time. Numbers are strings of their digits. */
export type Bound = string;

/** Any other string: the values of an open set can grow. */
export type OtherString = string & {};
