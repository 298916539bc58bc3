// The files: uploads with their way through the services, the list, deletion, and which of them a question is about.

import * as api from "./api.js";
import { byId, button, el, fill, icon, say } from "./dom.js";
import { bytes, moment, t, whenLanguageChanges } from "./i18n.js";
import { confirmed } from "./key.js";
import { upload } from "./uploads.js";

const LOOK = 3000;
const PLUS = "M8 3v10M3 8h10";
const TABLE = "M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6";
const PAGE = "M4 1.5h5l3 3v10H4zM9 1.5v3h3";

let known = [];
const uploads = new Map();
const chosen = new Set();

/** The files that a question is about; empty: all. */
export function chosenFiles() {
  return [...chosen].filter((id) => known.some((file) => file.file === id));
}

export function hasFiles() {
  return known.length > 0;
}

export function startFiles() {
  draw();
  whenLanguageChanges(draw);
  look();
  setInterval(() => { if (!document.hidden) look(); }, LOOK);
  catchDrops();
}

async function look() {
  try {
    const files = await api.files();
    const changed = JSON.stringify(files) !== JSON.stringify(known);
    const isFirst = (known.length > 0) !== (files.length > 0);
    known = files;
    if (changed) draw();
    if (isFirst) dispatchEvent(new Event("contrail-files"));
    byId("link-state").textContent = "";
  } catch (error) {
    byId("link-state").textContent = error instanceof api.Problem ? "" : t("unreachable");
  }
}

/** Takes files in and follows them until they can be asked about; resolves to their ids. */
export async function addFiles(list, folder = "") {
  const ids = await Promise.all([...list].map((file) => add(folder + file.name, file)));
  return ids.filter(Boolean);
}

async function add(name, file) {
  const job = { name, share: 0, stage: t("uploading"), failed: undefined };
  uploads.set(name, job);
  draw();
  try {
    const uploaded = await upload(name, file, (share, isWaiting) => {
      job.share = share * 0.4;
      job.stage = t(isWaiting ? "reconnecting" : "uploading");
      drawUploads();
    });
    job.share = 0.4;
    look();
    await api.follow(uploaded.job, (report) => {
      job.stage = report.stage;
      const step = report.total > 0 ? report.done / report.total : 0;
      job.share = Math.max(job.share, 0.4 + 0.55 * step, Math.min(job.share + 0.05, 0.9));
      drawUploads();
    });
    uploads.delete(name);
    say(`${name}: ${t("indexed")}`);
    return uploaded.file;
  } catch (error) {
    job.failed = error.message;
    say(`${name}: ${error.message}`);
    return undefined;
  } finally {
    await look();
    draw();
  }
}

function catchDrops() {
  let depth = 0;
  const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (on) => document.body.classList.toggle("dropping", on);
  addEventListener("dragenter", (event) => { if (isFiles(event)) { depth += 1; mark(true); } });
  addEventListener("dragleave", (event) => { if (isFiles(event) && --depth <= 0) { depth = 0; mark(false); } });
  addEventListener("dragover", (event) => { if (isFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    mark(false);
    // The composer takes images for the question itself.
    if (!isFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    addFiles(event.dataTransfer.files);
  });
}

function draw() {
  drawScope();
  drawList();
  drawUploads();
}

function picker(label, props = {}) {
  const input = el("input", { type: "file", multiple: true, class: "unseen", tabindex: -1, "aria-hidden": "true",
    on: { change: () => { addFiles(input.files); input.value = ""; } } });
  return el("span", { class: "picker" }, button(label, () => input.click(), props), input);
}

function isTable(file) {
  return (file.active?.tables.length ?? 0) > 0;
}

function stateOf(file) {
  if (file.state === "indexed" && file.active?.document && !file.active.searchable) return t("partly");
  return t(file.state);
}

function drawScope() {
  const all = chosenFiles().length === 0;
  // What came with a question is in the list of files, and chosen by that question alone.
  const offered = known.filter((file) => !file.name.startsWith("chat/"));
  const item = (file) => {
    const box = el("input", { type: "checkbox", id: `scope-${file.file}`, on: { change: () => {
      if (box.checked) chosen.add(file.file);
      else chosen.delete(file.file);
      drawScope();
      byId(`scope-${file.file}`)?.focus();
    } } });
    box.checked = chosen.has(file.file);
    return el("li", { class: `scope-file ${file.state}` },
      el("label", { for: `scope-${file.file}`, title: file.name },
        box, icon(isTable(file) ? TABLE : PAGE), el("span", { class: "scope-name", text: file.name }),
        file.state !== "indexed" && el("span", { class: `dot ${file.state}`, title: stateOf(file), role: "img", "aria-label": stateOf(file) })));
  };
  fill(byId("scope"),
    el("div", { class: "scope-head" },
      el("h2", { text: t("files") }),
      el("span", { class: "faint", text: all ? t("allFiles") : t("chosen", { n: chosenFiles().length }) })),
    offered.length === 0
      ? el("p", { class: "faint", text: t("noFiles") })
      : el("ul", { class: "scope-list", "aria-label": t("scopeHint") }, offered.map(item)),
    el("div", { class: "uploads", "aria-live": "polite" }),
    picker(`＋ ${t("add")}`, { class: "wide" }),
    el("p", { class: "faint small", text: t("scopeHint") }));
}

function bar(job) {
  return el("div", { class: `upload ${job.failed ? "failed" : ""}` },
    el("div", { class: "upload-name", text: job.name, title: job.name }),
    el("div", { class: "upload-track", role: "progressbar", "aria-label": job.name, "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-valuenow": Math.round(job.share * 100) },
      el("div", { class: "upload-fill", style: { width: `${Math.round(job.share * 100)}%` } })),
    el("div", { class: "upload-stage small", text: job.failed ?? job.stage }),
    job.failed && button("×", () => { uploads.delete(job.name); draw(); }, { class: "quiet icon", "aria-label": t("close") }));
}

function drawUploads() {
  for (const place of document.querySelectorAll(".uploads")) fill(place, [...uploads.values()].map(bar));
}

function contents(file) {
  const parts = [];
  const version = file.active;
  if (version?.tables.length) {
    const rows = version.tables.reduce((sum, table) => sum + table.rows, 0);
    parts.push(t("tablesN", { n: version.tables.length, rows }));
  }
  if (version?.document?.pages) parts.push(t("pagesN", { n: version.document.pages }));
  if (version?.document?.passages) parts.push(t("passagesN", { n: version.document.passages }));
  return parts.join(" · ");
}

async function drop(file) {
  if (!(await confirmed(t("remove"), t("removeSure", { name: file.name }), t("remove")))) return;
  const { job } = await api.remove(file.file);
  await api.follow(job, () => {}).catch(() => {});
  look();
}

function drawList() {
  const row = (file) => el("tr", {},
    el("th", { scope: "row" }, icon(isTable(file) ? TABLE : PAGE), " ", el("span", { text: file.name })),
    el("td", {}, el("span", { class: `state ${file.state}`, text: stateOf(file) }),
      file.rejection && el("div", { class: "small warn",
        text: [file.rejection.message, file.rejection.place].filter(Boolean).join(" — ") })),
    el("td", { text: contents(file) }),
    el("td", { class: "number", text: bytes(file.active?.size) }),
    el("td", { text: moment(file.updated_at) }),
    el("td", {}, button(t("remove"), () => drop(file), { class: "quiet small", "aria-label": `${t("remove")} ${file.name}` })));
  const heads = ["name", "state", "contains", "size", "changed"];
  fill(byId("view-files"),
    el("div", { class: "page-head" }, el("h1", { text: t("files") }), picker(t("add"), { class: "main" })),
    el("div", { class: "dropzone" }, icon(PLUS, 22), el("span", { text: t("dropHint") })),
    el("div", { class: "uploads wide", "aria-live": "polite" }),
    known.length === 0
      ? el("p", { class: "faint", text: t("noFiles") })
      : el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("files") },
        el("table", { class: "list" },
          el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col", text: t(name) })), el("th", { scope: "col" }, el("span", { class: "unseen", text: t("remove") })))),
          el("tbody", {}, known.map(row)))));
}
