// Shows the contract with Swagger UI and adapts it to this server. See apidocs.go.
"use strict";

// The actor of the last request from this page. Every operation begins with it.
const actor = {
  header: "X-Actor",
  get: () => sessionStorage.getItem("procedo-actor"),
  set: (name) => sessionStorage.setItem("procedo-actor", name),
};

// adapt changes the contract, once it is loaded: requests go to this server, the headers that a client sets once are
// parameters of every operation, and optional parameters begin empty.
function adapt(contract) {
  for (const operation of Object.values(contract.paths).flatMap((path) => Object.values(path))) {
    if (!operation.operationId) continue;
    const headers = contract["x-client-headers"].map((header) => ({ in: "header", ...structuredClone(header) }));
    operation.parameters = [...(operation.parameters ?? []), ...headers];
  }
  contract.servers = [{ url: new URL("..", location.href).href.replace(/\/$/, "") }];
  const operations = Object.values(contract.paths).flatMap((path) => [path, ...Object.values(path)]);
  const lists = operations.map((o) => o.parameters).filter(Array.isArray);
  for (const parameter of [...Object.values(contract.components?.parameters ?? {}), ...lists.flat()]) {
    if (parameter.$ref || parameter.required || parameter.in === "path") continue;
    forgetExamples(contract, parameter);
    const name = actor.get();
    if (parameter.name === actor.header && name) parameter.example = name;
  }
  return contract;
}

// forgetExamples removes the examples of an optional parameter. Otherwise "Execute" would send each of them. The
// example of X-Actor stays, so that the audit trail names somebody.
function forgetExamples(contract, parameter) {
  if (parameter.name === actor.header) return;
  let schema = parameter.schema ?? {};
  if (schema.$ref?.startsWith("#/components/schemas/")) {
    schema = contract.components.schemas[schema.$ref.slice("#/components/schemas/".length)];
  }
  parameter.schema = { ...schema };
  for (const holder of [parameter, parameter.schema]) {
    delete holder.example;
    delete holder.examples;
  }
}

// indent returns a JSON text with line breaks and indentation. Strings and numbers stay exactly as they were received;
// JSON.parse would round long numbers.
function indent(json) {
  JSON.parse(json); // throws if the text is not JSON
  let out = "", depth = 0, previous = "";
  const line = () => "\n" + "  ".repeat(depth);
  for (const token of json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const opened = previous === "{" || previous === "[";
    if (token === "}" || token === "]") {
      depth--;
      if (!opened) out += line();
    } else if (opened || previous === ",") {
      out += line();
    }
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth++;
    previous = token;
  }
  return out;
}

// ExactJSON is a plugin that shows the JSON of responses without changing numbers.
const ExactJSON = () => ({
  wrapComponents: {
    responseBody: (Original, system) => (props) => {
      const text = props.content;
      const attached = Object.entries(props.headers ?? {}).some(
        ([name, value]) => /^content-disposition$/i.test(name) && /attachment/i.test(value));
      if (typeof text !== "string" || attached || !/json/i.test(props.contentType)) {
        return system.React.createElement(Original, props);
      }
      let shown = text, language = "json";
      try {
        shown = indent(text);
      } catch {
        language = null; // not JSON after all, such as one JSON text in each line
      }
      const create = system.React.createElement;
      const code = { language, downloadable: true, fileName: "response.json", canCopy: true };
      return create("div", null, create("h5", null, "Response body"),
        create(props.getComponent("HighlightCode", true), code, shown));
    },
  },
});

// SameActor is a plugin that copies the actor of a request to all other operations.
const SameActor = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        executeRequest: (original, system) => (request) => {
          const name = request.parameters?.[`header.${actor.header}`];
          if (name && name !== actor.get()) {
            actor.set(name);
            for (const [path, item] of system.specSelectors.paths().entries()) {
              for (const method of item.keys()) {
                system.specActions.changeParam([path, method], actor.header, "header", name, false);
              }
            }
          }
          return original(request);
        },
      },
    },
  },
});

async function show() {
  const response = await fetch("../openapi.json");
  if (!response.ok) throw new Error(response.statusText);
  SwaggerUIBundle({
    dom_id: "#reference",
    spec: adapt(await response.json()),
    plugins: [ExactJSON, SameActor],
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
  });
}

show().catch(() => { document.getElementById("failed").hidden = false; });
