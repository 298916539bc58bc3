// What words mean to this tenant: other names of columns and values, and how metrics are computed. Both planners read questions with it.

import * as api from "./api.js";
import { button, byId, el, fill, say } from "./dom.js";
import { t, whenLanguageChanges } from "./i18n.js";
import { confirmed } from "./key.js";

const KINDS = ["alias", "value", "metric"];
/** Files whose columns are offered. */
const FILES = 20;

const empty = () => ({ term: "", kind: "alias", of: "", column: "", note: "" });

/** Unknown until the server was asked. */
let entries;
let columns = [];
let draft = empty();
let problem = "";
/** Ends when the server has answered all that was asked of it: one question after the other, so that the last answer is the newest. */
let answered = Promise.resolve();

export function startGlossary() {
  draw();
  whenLanguageChanges(draw);
}

/** Asks for the entries as they are now, and for the columns that there are. */
export async function lookAtGlossary() {
  await refresh(api.glossary);
  const known = (await api.files().catch(() => [])).filter((file) => file.active?.tables.length).slice(0, FILES);
  const tables = await Promise.all(known.map((file) => api.tables(file.file).catch(() => undefined)));
  columns = [...new Set(tables.flatMap((found) => found?.tables ?? []).flatMap((table) => table.columns.map((column) => column.name)))].sort();
  offerColumns();
}

function offerColumns() {
  fill(byId("glossary-columns"), columns.map((name) => el("option", { value: name })));
}

/** The entry as the server takes it. */
function wanted() {
  const of = draft.of.trim();
  const column = draft.column.trim();
  const meaning = draft.kind === "metric" ? { formula: of } : draft.kind === "value" && column ? { of, column } : { of };
  const note = draft.note.trim();
  return { term: draft.term.trim(), kind: draft.kind, ...meaning, ...(note && { note }) };
}

/** Shows the entries that the server answers with, or what it says is wrong; true: the former. The form is left alone: somebody may be typing. */
function refresh(ask) {
  answered = answered.then(async () => {
    try {
      entries = (await ask()).entries;
      problem = "";
    } catch (error) {
      problem = error.message;
    }
    drawEntries();
    return !problem;
  });
  return answered;
}

async function set() {
  const entry = wanted();
  if (!(await refresh(() => api.setTerm(entry)))) return;
  say(t("termSet", { term: entry.term }));
  draft = empty();
  drawForm();
  byId("glossary-term").focus();
}

async function forget({ term }) {
  if (!(await confirmed(t("remove"), t("forgetSure", { term }), t("remove")))) return;
  await refresh(() => api.removeTerm(term));
}

function change(entry) {
  draft = { ...empty(), ...entry, of: entry.of ?? entry.formula };
  drawForm();
  byId("glossary-of").focus();
}

function field(name, props) {
  const input = el("input", { id: `glossary-${name}`, autocomplete: "off", maxlength: 200, ...props, on: { input: () => { draft[name] = input.value; } } });
  input.value = draft[name];
  return el("div", { class: "field" }, el("label", { for: input.id, text: t(`glossary_${name === "of" ? draft.kind : name}`) }), input);
}

function form() {
  const kind = el("select", { id: "glossary-kind", on: { change: () => { draft.kind = kind.value; drawForm(); byId("glossary-kind").focus(); } } },
    KINDS.map((name) => el("option", { value: name, text: t(`kind_${name}`) })));
  kind.value = draft.kind;
  const names = draft.kind === "alias" ? { list: "glossary-columns" } : {};
  return el("form", { class: "glossary-form", on: { submit: (event) => { event.preventDefault(); set(); } } },
    field("term", { required: true }),
    el("div", { class: "field" }, el("label", { for: "glossary-kind", text: t("glossary_kind") }), kind),
    field("of", { required: true, ...names, placeholder: draft.kind === "metric" ? t("formulaExample") : null }),
    draft.kind === "value" && field("column", { list: "glossary-columns" }),
    field("note", { maxlength: 500 }),
    el("button", { type: "submit", class: "main", text: t("save") }),
    el("datalist", { id: "glossary-columns" }));
}

function meaning(entry) {
  if (entry.kind === "metric") return el("code", { text: entry.formula });
  return [entry.of, entry.column && el("span", { class: "faint", text: t("inColumn", { column: entry.column }) })];
}

function row(entry) {
  return el("tr", {},
    el("th", { scope: "row", text: entry.term }),
    el("td", {}, el("span", { class: "tag", text: t(`kind_${entry.kind}`) })),
    el("td", { class: "wraps" }, meaning(entry)),
    el("td", { class: "wraps", text: entry.note ?? "" }),
    el("td", {},
      button(t("edit"), () => change(entry), { class: "quiet small", "aria-label": `${t("edit")} ${entry.term}` }),
      button(t("remove"), () => forget(entry), { class: "quiet small", "aria-label": `${t("remove")} ${entry.term}` })));
}

function draw() {
  fill(byId("view-glossary"),
    el("div", { class: "page-head" }, el("h1", { text: t("glossary") })),
    el("p", { class: "faint", text: t("glossaryHint") }),
    el("div", { id: "glossary-form" }),
    el("div", { id: "glossary-entries" }));
  drawForm();
  drawEntries();
}

function drawForm() {
  fill(byId("glossary-form"), form());
  offerColumns();
}

function drawEntries() {
  fill(byId("glossary-entries"), problem && el("div", { class: "problem", role: "alert", text: problem }), entries && list());
}

function list() {
  if (entries.length === 0) return el("p", { class: "faint", text: t("noTerms") });
  const heads = ["glossary_term", "glossary_kind", "means", "glossary_note"];
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("glossary") },
    el("table", { class: "list" },
      el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col", text: t(name) })), el("th", { scope: "col" }, el("span", { class: "unseen", text: t("edit") })))),
      el("tbody", {}, entries.map(row))));
}
