// How an answer came about, for a person to check it.

import * as api from "./api.js";
import { citationList, place } from "./citations.js";
import { button, byId, el, fill, save, say } from "./dom.js";
import { t } from "./i18n.js";
import { resultTable } from "./table.js";
import { traceOf } from "./trace.js";

/** Opens the drawer. */
export function openTrail(answer) {
  const drawer = byId("drawer");
  const { trail } = answer;
  fill(drawer,
    el("div", { class: "drawer-head" },
      el("h2", { id: "drawer-title", text: t("trailTitle") }),
      button(t("evidenceCsv"), async () => save(await api.blob(`/api/answers/${answer.id}/evidence.csv`), "evidence.csv"), { class: "quiet small" }),
      button(t("json"), () => save(new Blob([JSON.stringify(answer, null, 2)], { type: "application/json" }), `${answer.id}.json`), { class: "quiet small" }),
      button("×", () => drawer.close(), { class: "quiet icon", "aria-label": t("close") })),
    el("div", { class: "drawer-body" },
      section("understood", trail.sentence && el("p", { class: "lead", text: trail.sentence }), meanings(trail)),
      section("ledger", funnel(trail.ledger)),
      section("checks", checks(trail.checks)),
      section("assumptions", bullets(trail.assumptions.map((one) => [one.about, one.text]))),
      section("readings", readings(trail.readings)),
      section("search", search(answer, trail.search)),
      section("sources", sources(trail.sources)),
      section("code", code(trail.code), code(trail.sql), plan(trail.plan)),
      section("modelPart", model(trail.model)),
      section("trace", traceOf(answer))));
  drawer.showModal();
}

function section(name, ...children) {
  const inner = children.flat().filter(Boolean);
  return inner.length > 0 && el("section", { class: "part" }, el("h3", { text: t(name) }), inner);
}

function meanings(trail) {
  const chips = trail.chips.filter((chip) => chip.role !== "filler");
  return chips.length > 0 && el("dl", { class: "meanings" },
    chips.map((chip) => [el("dt", { text: chip.span.text }), el("dd", { text: chip.meaning })]));
}

/** Bars as wide as the rows that are left, so that it shows where they went. */
function funnel(ledger) {
  if (!ledger?.length) return undefined;
  const most = Math.max(1, ...ledger.map((step) => Math.max(step.rows_in, step.rows_out)));
  const wide = (rows) => `${Math.max(100 * (Math.log1p(rows) / Math.log1p(most)), rows > 0 ? 2 : 0.4)}%`;
  return el("ol", { class: "funnel" }, ledger.map((step) => el("li", {},
    el("div", { class: "funnel-line" },
      el("span", { text: step.description }),
      el("span", { class: "funnel-count", text: step.rows_in === step.rows_out ? `${step.rows_out}` : `${step.rows_in} → ${step.rows_out}` })),
    el("div", { class: "funnel-track", "aria-hidden": "true" },
      el("div", { class: "funnel-in", style: { width: wide(step.rows_in) } }),
      el("div", { class: "funnel-out", style: { width: wide(step.rows_out) } })),
    step.excluded_cells?.length > 0 && el("p", { class: "small warn", text: `${t("excluded")}: ${step.excluded_cells.join(", ")}` }),
    step.sample?.rows.length > 0 && el("details", {}, el("summary", { text: t("sample") }),
      resultTable(step.sample.columns, step.sample.rows)))));
}

function checks(list) {
  return list?.length > 0 && el("ul", { class: "checks" }, list.map((check) => el("li", { class: check.passed ? "passed" : "missed" },
    el("span", { class: "check-sign", text: check.passed ? "✓" : "✗", role: "img", "aria-label": check.passed ? "passed" : "failed" }),
    el("div", {}, el("strong", { text: check.name }), el("div", { class: "small faint", text: check.detail })))));
}

function bullets(pairs) {
  return pairs.length > 0 && el("ul", { class: "bullets" }, pairs.map(([about, text]) =>
    el("li", {}, el("span", { class: "tag", text: about }), el("span", { text }))));
}

function readings(list) {
  return list?.length > 0 && el("div", {}, list.map((reading) => el("details", { open: true },
    el("summary", { text: reading.text }), resultTable(reading.columns, reading.rows, { rows: 5 }))));
}

function sources(list) {
  return list?.length > 0 && el("ul", { class: "bullets" }, list.map((source) => el("li", {},
    el("span", { text: `${source.name} / ${source.table}` }),
    el("code", { class: "small faint", title: source.content, text: `sha256 ${source.content.slice(0, 12)}…` }))));
}

function code(program) {
  if (!program) return undefined;
  return el("div", { class: "program" },
    el("div", { class: "program-head" }, el("span", { class: "tag", text: program.language }),
      button(t("copy"), async () => {
        await navigator.clipboard?.writeText(program.text);
        say(t("copied"));
      }, { class: "quiet small" })),
    el("pre", { tabindex: 0 }, el("code", { text: program.text })));
}

function plan(value) {
  return value && el("details", {}, el("summary", { text: t("plan") }),
    el("pre", { tabindex: 0 }, el("code", { text: JSON.stringify(value, null, 2) })));
}

function search(answer, found) {
  if (!found) return undefined;
  const rank = (value) => value ?? "–";
  return el("div", {},
    el("dl", { class: "meanings" },
      el("dt", { text: t("searched") }), el("dd", { text: found.query }),
      found.words.length > 0 && [el("dt", { text: t("words") }), el("dd", { text: found.words.join(" · ") })],
      found.codes.length > 0 && [el("dt", { text: t("codes") }), el("dd", { text: found.codes.join(" · ") })]),
    el("meter", { class: "meter", min: 0, max: 1, low: found.threshold, optimum: 1, value: found.evidence, "aria-label": t("search") }),
    el("p", { class: "small faint", text: t("enough", { is: found.evidence.toFixed(2), needs: found.threshold.toFixed(2) }) }),
    el("p", { class: "small faint", text: found.engine }),
    el("ol", { class: "passages" }, found.passages.map((passage) => el("li", {},
      el("div", { class: "small" }, el("strong", { text: passage.name }), ` ${place(passage)}`),
      el("div", { class: "small faint", text: t("legs", { dense: rank(passage.ranks.dense), sparse: rank(passage.ranks.sparse), codes: rank(passage.ranks.codes) }) }),
      el("p", { text: passage.text })))),
    answer.citations?.length ? undefined : citationList(answer, []));
}

function model(part) {
  if (!part) return undefined;
  return el("div", {},
    el("p", {}, el("strong", { text: part.name }), " ",
      el("span", { class: "faint", text: t("attemptsN", { n: part.requests, p: part.prompt_tokens, c: part.completion_tokens }) })),
    part.attempts.map((attempt) => el("div", { class: attempt.error ? "missed" : "passed" },
      attempt.error && el("p", { class: "small warn", text: attempt.error }), code(attempt.program))));
}
