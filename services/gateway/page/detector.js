// The detector: odds of a text, and what each sentence adds.

import * as api from "./api.js";
import { button, byId, el, fill, say } from "./dom.js";
import { percent, t, whenLanguageChanges } from "./i18n.js";

/** What a sentence adds from which on it has the strongest colour. */
const STRONG = 0.6;
const LEVELS = 4;

let text = "";
let file = "";
let judged;

export function startDetector() {
  draw();
  whenLanguageChanges(draw);
}

function draw() {
  const box = el("textarea", { id: "detect-text", rows: 9, placeholder: t("detectPlaceholder"), "aria-label": t("detectPlaceholder"),
    on: { input: () => { text = box.value; } } });
  box.value = text;
  const prior = el("input", { type: "number", id: "detect-prior", min: 0.01, max: 0.99, step: 0.01, value: 0.5, title: t("priorHint") });
  const choice = el("select", { id: "detect-file", "aria-label": t("detectFile"), on: { change: () => { file = choice.value; box.disabled = Boolean(file); } } },
    el("option", { value: "", text: t("detectNoFile") }));
  box.disabled = Boolean(file);
  const out = el("div", { id: "judgement" });
  const go = button(t("detectGo"), async () => {
    if (!file && !text.trim()) return box.focus();
    go.disabled = true;
    fill(out, el("div", { class: "working", role: "status" }, el("span", { class: "pulse" }), t("waiting")));
    try {
      const what = file ? { file } : { text };
      // The text of a file comes with its judgement.
      judged = { ...what, ...(await api.detect(what, Number(prior.value) || 0.5)) };
      fill(out, judgement(judged));
      say(t(judged.judgement.verdicts.at_1_percent));
    } catch (error) {
      fill(out, el("div", { class: "problem", role: "alert", text: error.message }));
    } finally {
      go.disabled = false;
    }
  }, { class: "main" });
  fill(byId("view-detector"),
    el("div", { class: "page-head" }, el("h1", { text: t("detectTitle") })),
    el("p", { class: "faint", text: t("detectHint") }),
    box,
    el("div", { class: "detect-row" },
      choice, el("label", { for: "detect-prior", title: t("priorHint"), text: t("prior") }), prior, el("span", { class: "grow" }), go),
    out);
  if (judged) fill(out, judgement(judged));
  if (!byId("view-detector").hidden) offerFiles();
}

/** Offers the files that are documents now. */
export async function offerFiles() {
  const choice = byId("detect-file");
  const files = (await api.files().catch(() => [])).filter((found) => found.active?.document);
  fill(choice, el("option", { value: "", text: t("detectNoFile") }),
    files.map((found) => el("option", { value: found.file, text: found.name })));
  choice.value = file;
  // One that is gone meanwhile is none.
  file = choice.value;
  byId("detect-text").disabled = Boolean(file);
}

function judgement({ judgement: found, text: given }) {
  const verdict = found.verdicts.at_1_percent;
  const isJudged = typeof found.probability === "number";
  return [
    el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h2", { text: t(verdict) }), el("span", { class: "grow" }),
        el("span", { class: "faint small", text: found.models.map((model) => `${model.id} ${model.version}`).join(", ") })),
      isJudged && gauge(found),
      el("dl", { class: "facts" },
        isJudged && found.p_value !== undefined && [el("dt", { text: t("pValue") }), el("dd", { text: found.p_value.toFixed(3) })],
        el("dt", { text: t("at1") }), el("dd", { text: t(verdict) }),
        el("dt", { text: t("at5") }), el("dd", { text: t(found.verdicts.at_5_percent) }),
        el("dt", { text: t("length") }), el("dd", { text: [
          t(found.length.unit === "words" ? "unitWords" : "unitCharacters", { n: found.length.count }),
          found.length.bucket && `(${found.length.bucket})`].filter(Boolean).join(" ") }),
        found.unjudged && [el("dt", { text: t("unsupported") }), el("dd", { text: found.unjudged.replaceAll("_", " ") })],
        (found.tampering ?? []).map((one) => [el("dt", { text: one.kind.replaceAll("_", " ") }), el("dd", { text: String(one.count) })])),
      found.out_of_distribution && el("p", { class: "warn", text: t("ood") })),
    found.sentences?.length > 0 && heat(found, given),
    found.signals?.length > 0 && el("section", { class: "card" }, el("h2", { text: t("signals") }),
      el("ul", { class: "signals" }, found.signals.map((signal) => el("li", {},
        el("span", { class: `signal ${signal.contribution > 0 ? "up" : "down"}`, text: signed(signal.contribution) }),
        el("span", { text: signal.text }))))),
  ];
}

const signed = (number) => `${number > 0 ? "+" : "−"}${Math.abs(number).toFixed(2)}`;

function gauge(found) {
  const { low, high } = found.interval;
  return el("div", { class: "gauge" },
    el("div", { class: "gauge-line" },
      el("span", { class: "value-number", text: percent(found.probability) }),
      el("span", { class: "faint", text: `${t("probability")}, ${t("between", { low: percent(low), high: percent(high) })}` })),
    el("div", { class: "gauge-track", role: "img", "aria-label": `${t("probability")}: ${percent(found.probability)}` },
      el("div", { class: "gauge-range", style: { left: `${low * 100}%`, width: `${Math.max((high - low) * 100, 0.5)}%` } }),
      el("div", { class: "gauge-mark", style: { left: `${found.probability * 100}%` } })));
}

/** The text with each sentence in the colour of what it adds; places are bytes of UTF-8. */
function heat(found, given) {
  const bytes = new TextEncoder().encode(given);
  const decoder = new TextDecoder();
  const slice = (from, to) => decoder.decode(bytes.subarray(from, to));
  const parts = [];
  let at = 0;
  for (const { start, end, contribution } of found.sentences) {
    if (start > at) parts.push(slice(at, start));
    const level = Math.round(Math.min(Math.abs(contribution) / STRONG, 1) * LEVELS);
    const side = contribution > 0 ? "up" : "down";
    parts.push(el("span", { class: `sentence ${level ? `${side}${level}` : ""}`, title: signed(contribution), text: slice(start, end) }));
    at = end;
  }
  parts.push(slice(at, bytes.length));
  const scale = [..."4321"].map((n) => el("span", { class: `sentence down${n}`, text: " " }))
    .concat([..."1234"].map((n) => el("span", { class: `sentence up${n}`, text: " " })));
  return el("section", { class: "card" },
    el("div", { class: "card-head" }, el("h2", { text: t("heat") }), el("span", { class: "grow" }),
      el("span", { class: "scale small faint", "aria-hidden": "true" }, t("heatLow"), " ", scale, " ", t("heatHigh"))),
    el("p", { class: "heat" }, parts));
}
