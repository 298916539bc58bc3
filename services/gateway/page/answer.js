// The card of an answer.

import * as api from "./api.js";
import { chips } from "./chips.js";
import { citationList, citedText } from "./citations.js";
import { button, el, fill, put, say } from "./dom.js";
import { percent, t } from "./i18n.js";
import { asked } from "./key.js";
import { resultTable, shown, grouped } from "./table.js";
import { openTrail } from "./trail.js";

const KINDS = { table: "kindTable", knowledge: "kindKnowledge", detection: "kindDetection" };

/** The card; `talk` has `send`, which asks again. */
export function card(answer, talk) {
  const node = el("section", { class: `card ${answer.status}`, data: { answer: answer.id } });
  put(node, head(answer), value(answer), chips(answer, talk));
  if (answer.chart) put(node, chart(answer));
  if (answer.status === "answered" && answer.rows.length * answer.columns.length > 1) {
    put(node, resultTable(answer.columns, answer.rows, { csv: `/api/answers/${answer.id}/result.csv`, name: answer.question }));
  }
  if (answer.citations?.length) put(node, citationList(answer, answer.citations));
  if (answer.status === "needs_clarification") put(node, readings(answer));
  return put(node, foot(answer, talk));
}

function head(answer) {
  const kind = answer.status === "refused" ? "refused" : answer.status === "needs_clarification" ? "clarify" : KINDS[answer.kind];
  return el("div", { class: "card-head" }, el("span", { class: `kind ${answer.kind}`, text: t(kind) }),
    (answer.tier === "model" || answer.tier === "sql" || answer.tier === "python" || answer.tier === "grounded") && el("span", { class: "faint small", text: t("model") }),
    el("span", { class: "grow" }),
    answer.status === "answered" && badge(answer.confidence));
}

function badge(confidence) {
  const { label, precision, n } = confidence;
  const measured = precision === null || precision === undefined ? "" : t("measured", { right: Math.round(precision * n), n });
  const why = [t(`${label}Text`), measured].filter((text) => text && !text.endsWith("Text")).join(" ");
  return el("span", { class: `badge ${label}`, title: why },
    el("span", { text: t(label) }),
    measured && el("span", { class: "badge-measure", text: percent(precision) }),
    el("span", { class: "unseen", text: ` ${why}` }));
}

/** The value in large, where it is one; else the words. */
function value(answer) {
  if (answer.status === "answered" && answer.kind === "table" && answer.rows.length === 1 && answer.columns.length === 1) {
    const single = shown(answer.rows[0][0]);
    const large = typeof answer.rows[0][0] === "number" ? grouped(single) : single;
    const words = answer.text === single || answer.text === large ? "" : answer.text;
    return el("div", { class: "value" },
      el("div", { class: "value-number", text: large, title: single }),
      el("div", { class: "value-words" }, el("span", { class: "value-column", text: answer.columns[0] }), words && el("span", { text: words })));
  }
  return el("div", { class: "words" }, citedText(answer));
}

function chart(answer) {
  const image = el("img", { alt: `${t("chart")}: ${answer.text}`, class: "chart" });
  const figure = el("figure", { class: "chart-frame" }, image);
  // The drawing is the answer's own; as an image it can run nothing.
  image.src = URL.createObjectURL(new Blob([answer.chart.svg], { type: "image/svg+xml" }));
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  return figure;
}

function readings(answer) {
  const list = answer.trail.readings ?? [];
  if (list.length === 0) return undefined;
  return el("ul", { class: "readings" }, list.map((reading) => el("li", {},
    el("span", { text: reading.text }),
    reading.rows.length === 1 && reading.columns.length === 1
      ? el("strong", { text: shown(reading.rows[0][0]) })
      : resultTable(reading.columns, reading.rows, { rows: 5 }))));
}

function foot(answer, talk) {
  const words = el("span", { class: "small faint", role: "status" });
  const verdict = (name) => button(t(name), async (event) => {
    const node = event.currentTarget;
    const note = name === "wrong" ? await asked(t("wrongWhat"), t("send")) : undefined;
    if (name === "wrong" && note === undefined) return;
    const said = { verdict: name };
    if (note) said.note = note;
    // The words of a chip were changed for this one: where that answer was called wrong, its question is answered by now.
    if (name === "right" && talk?.corrects) said.corrects = talk.corrects;
    const kept = await api.feedback(answer.id, said);
    const told = t(kept.goldens?.length ? "keptAsTest" : "thanks");
    for (const other of node.parentElement.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === node));
    words.textContent = told;
    say(told);
  }, { class: "quiet small", "aria-pressed": "false" });
  const other = answer.kind === "knowledge" ? ["otherTables", "table"] : ["otherKnowledge", "knowledge"];
  return el("div", { class: "card-foot" },
    button(t("trail"), () => openTrail(answer), { class: "small trail-button" }),
    talk?.send && button(t(other[0]), () => talk.send(answer.question, { only: other[1] }), { class: "quiet small" }),
    el("span", { class: "grow" }), words, verdict("right"), verdict("wrong"),
    el("a", { class: "quiet small button", href: `#/answers/${answer.id}`, text: t("permalink") }));
}

/** A view of one answer alone, with its trail open. */
export async function openAnswer(place, id) {
  fill(place, el("p", { class: "faint", text: t("waiting") }));
  try {
    const answer = await api.answer(id);
    if (!answer) throw new api.Problem(404, { detail: t("goneAnswer") });
    fill(place,
      el("p", {}, el("a", { href: "#/chat", text: `← ${t("back")}` })),
      el("h1", { class: "question-title", text: answer.question }),
      card(answer));
  } catch (error) {
    fill(place, el("div", { class: "problem", role: "alert", text: error.message }));
  }
}
