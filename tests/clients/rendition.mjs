// Writes the contract in OpenAPI 3.0 as openapi-generator 5 needs it. That version fails at null in a list of values,
// which an enumeration that may be null must have, and its TypeScript does not compile where a value is either a string
// or an object. Both become less precise.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const contract = JSON.parse(readFileSync(from, "utf8"), (name, value) => {
  if (name === "enum" && Array.isArray(value)) {
    return value.filter((v) => v !== null);
  }
  const either = value?.oneOf ?? value?.anyOf;
  if (Array.isArray(either) && either.some((schema) => schema.type === "string")) {
    return { description: value.description ?? "" };
  }
  return value;
});
writeFileSync(to, JSON.stringify(contract));
