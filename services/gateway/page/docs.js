// The OpenAPI document, for people.

import { byId, el, fill } from "./dom.js";

const METHODS = ["get", "head", "post", "put", "patch", "delete", "options"];

function named(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(named).join(" | ");
  if (schema.oneOf) return schema.oneOf.map(named).join(" | ");
  if (schema.type === "array") return `${named(schema.items)}[]`;
  return [].concat(schema.type ?? "any").join(" | ");
}

function link(schema) {
  const name = named(schema);
  const target = name.replace("[]", "");
  return /^[A-Z]/.test(target) ? el("a", { href: `#schema-${target}`, text: name }) : el("code", { text: name });
}

function body(content) {
  return Object.entries(content ?? {}).map(([kind, { schema }]) =>
    el("div", { class: "row" }, el("code", { text: kind }), schema && link(schema)));
}

function operation(path, method, it) {
  return el("section", { class: "operation", id: `${method}${path}` },
    el("h3", {}, el("span", { class: `method ${method}`, text: method.toUpperCase() }), el("code", { text: path })),
    el("p", { text: [it.summary, it.description].filter(Boolean).join("\n").replaceAll("`", "") }),
    it.parameters?.length > 0 && el("table", {}, el("tbody", {}, it.parameters.map((parameter) => el("tr", {},
      el("th", { scope: "row" }, el("code", { text: parameter.name })),
      el("td", { text: parameter.in }), el("td", {}, link(parameter.schema)), el("td", { text: parameter.description ?? "" }))))),
    it.requestBody && el("div", { class: "body" }, el("strong", { text: "Body" }), body(it.requestBody.content)),
    Object.entries(it.responses).map(([status, response]) => el("div", { class: "body" },
      el("strong", { text: status }), el("span", { text: response.description }), body(response.content))));
}

function schema(name, it) {
  const members = Object.entries(it.properties ?? {});
  return el("section", { class: "schema", id: `schema-${name}` },
    el("h3", {}, el("code", { text: name })),
    it.description && el("p", { text: it.description }),
    it.enum && el("p", {}, it.enum.map((value) => [el("code", { text: String(value) }), " "])),
    it.oneOf && el("p", {}, it.oneOf.map((one) => [one.const ? el("code", { text: one.const }) : link(one), " "])),
    members.length > 0 && el("table", {}, el("tbody", {}, members.map(([member, value]) => el("tr", {},
      el("th", { scope: "row" }, el("code", { text: member })),
      el("td", {}, link(value)),
      el("td", { text: it.required?.includes(member) ? "required" : "" }),
      el("td", { text: value.description ?? "" }))))));
}

async function start() {
  const api = await (await fetch("/api/openapi.json")).json();
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => [path, method, item[method]]));
  const tags = [...new Set(operations.map(([, , it]) => it.tags?.[0] ?? ""))];
  fill(byId("docs"),
    el("h1", { text: `${api.info.title} ${api.info.version}` }),
    el("p", { text: api.info.description }),
    tags.map((tag) => [el("h2", { text: tag }), operations.filter(([, , it]) => (it.tags?.[0] ?? "") === tag).map((it) => operation(...it))]),
    el("h2", { text: "Schemas" }),
    Object.entries(api.components.schemas).map((entry) => schema(...entry)));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

start();
