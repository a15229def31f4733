/** What joins a field to its label, its hint and its issue. */
export interface Attributes {
  id: string;
  described: string | undefined;
  invalid: boolean;
}
