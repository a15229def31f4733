// Writes src/schema.gen.ts, the types of the contract, and src/operations.gen.ts, what the client must know at run time.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const contract = JSON.parse(await readFile(new URL("../../openapi.gen.json", import.meta.url), "utf8"));

// Types that depend on the preference numbers=string, which the client always states, are written by hand.
const byHand = {
  "#/components/schemas/Values": "SlotValues",
  "#/components/schemas/ValuesInput": "SlotValues",
  "#/components/schemas/Value": "SlotValue",
  "#/components/schemas/ValueInput": "SlotValue",
  "#/components/schemas/Bound": "Bound",
  "#/components/schemas/BoundInput": "Bound",
};

const named = (name) => ts.factory.createTypeReferenceNode(name);
const literal = (value) => ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(value));

// openString returns the type of the known values of an open set, and of those that are added later.
function openString(values) {
  return ts.factory.createUnionTypeNode([...values.map(literal), named("OtherString")]);
}

function transform(schema, { path }) {
  if (byHand[path] !== undefined) {
    return named(byHand[path]);
  }
  return schema["x-extensible-enum"] === undefined ? undefined : openString(schema["x-extensible-enum"]);
}

const types = astToString(await openapiTS(contract, { transform }));
const used = ["Bound", "OtherString", "SlotValue", "SlotValues"].filter((name) => new RegExp(`\\b${name};`).test(types));
const imports = `import type { ${used.join(", ")} } from "./values.js";\n\n`;
const header = "// Generated from openapi.yaml by npm run generate. Do not edit.\n";
await writeFile(new URL("../src/schema.gen.ts", import.meta.url), header + imports + types);

// resolved returns a parameter that may be a reference.
function resolved(parameter) {
  const name = parameter.$ref?.split("/").at(-1);
  return name === undefined ? parameter : contract.components.parameters[name];
}

const operations = { keyed: [], effectless: [] };
for (const [path, item] of Object.entries(contract.paths)) {
  if (item.post === undefined) {
    continue;
  }
  const parameters = [...(item.parameters ?? []), ...(item.post.parameters ?? [])].map(resolved);
  const takesKey = parameters.some((p) => p.in === "header" && p.name === "Idempotency-Key");
  if (item.post["x-permission"] !== "reveal") { // each reveal is recorded by itself, and never repeated
    operations[takesKey ? "keyed" : "effectless"].push(path);
  }
}

const list = (name, comment, paths) =>
  `\n// ${comment}\nexport const ${name}: ReadonlySet<string> = new Set([\n` +
  paths.map((path) => `  ${JSON.stringify(path)},\n`).join("") + "]);\n";
await writeFile(
  new URL("../src/operations.gen.ts", import.meta.url),
  header +
    list("keyed", "Paths whose POST takes an Idempotency-Key.", operations.keyed) +
    list("effectless", "Paths whose POST takes none, because it stores nothing.", operations.effectless),
);
