// Where the time of an answer went: what each service did, one below the other, as bars over time.

import * as api from "./api.js";
import { button, el, fill, put } from "./dom.js";
import { t } from "./i18n.js";

/** Spans end a moment after the answer is there. */
const TRIES = 12;
const PAUSE = 250;

/** What is done, in words; the first that fits. */
const NAMES = [
  [/^publish (job\.[\w-]+)/, "spanSend"],
  [/^publish (event\.[\w-]+|dead\.[\w-]+)/, "spanTell"],
  [/^process (job\.[\w-]+)/, "spanWork"],
  [/^request call\.([\w-]+)/, "spanCall"],
  [/^process call\.([\w-]+)/, "spanReply"],
  [/^run in the sandbox$/, "spanSandbox", "sandbox.kind"],
  [/^ask a language model$/, "spanModel", "gen_ai.request.model"],
];

function title(span) {
  for (const [pattern, words, attribute] of NAMES) {
    const found = span.name.match(pattern);
    if (found) return t(words, { what: attribute ? span.attributes[attribute] ?? "" : found[1] });
  }
  return span.name;
}

/** Microseconds for people. */
export function duration(us) {
  if (us >= 999_500) return `${(us / 1e6).toFixed(us < 9_995_000 ? 2 : 1)} s`;
  const ms = us / 1000;
  return `${ms.toFixed(ms < 9.95 ? (ms < 0.995 ? 2 : 1) : 0)} ms`;
}

/** A step between ticks that is 1, 2 or 5 times a power of ten, so that there are five or less. */
function step(total) {
  const rough = Math.max(total, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((times) => power * times >= rough);
}

/** The part of a trail that shows the trace of its answer; it fetches that by itself. */
export function traceOf(answer) {
  const place = el("div", { class: "trace-place" }, el("p", { class: "small faint", role: "status", text: t("waiting") }));
  load(place, answer);
  return place;
}

async function load(place, answer) {
  const id = el("code", { class: "trace", text: answer.trace_id });
  try {
    for (let tries = 1; ; tries += 1) {
      const trace = await api.trace(answer.id);
      const isDone = trace.waterfall?.complete ?? true;
      if (isDone || tries === TRIES) return fill(place, head(trace, id), trace.waterfall && waterfall(trace.waterfall));
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } catch (error) {
    fill(place, el("p", { class: "small faint", text: error.message }), id);
  }
}

function head({ link, waterfall: seen }, id) {
  return el("div", { class: "trace-head" },
    seen && el("strong", { text: duration(seen.duration_us) }),
    seen && el("span", { class: "faint small", text: t("spansN", { n: seen.spans.length }) }),
    seen?.dropped > 0 && el("span", { class: "warn small", text: t("spansDropped", { n: seen.dropped }) }),
    seen && !seen.complete && el("span", { class: "warn small", text: t("traceOpen") }),
    el("span", { class: "grow" }),
    link && el("a", { href: link, target: "_blank", rel: "noopener noreferrer", class: "small", text: t("traceLink") }),
    id);
}

function waterfall({ spans, duration_us: total }) {
  const ends = new Map(spans.map((span) => [span.id, span.start_us + span.duration_us]));
  return [
    legend(spans),
    el("table", { class: "waterfall" },
      el("caption", { class: "unseen", text: t("traceCaption") }),
      el("thead", {}, el("tr", {},
        el("th", { scope: "col", text: t("spanWhat") }),
        el("th", { scope: "col" }, el("span", { class: "unseen", text: t("spanWhen") }), ticks(total)),
        el("th", { scope: "col", class: "number", text: t("spanTook") }))),
      el("tbody", { style: { "--tick": `${(100 * step(total)) / Math.max(total, 1)}%` } }, spans.map((span) => rows(span, ends, total)))),
  ];
}

/** The services in the order in which they began, each with the time in which it had something to do. */
function legend(spans) {
  const services = [...new Set(spans.map((span) => span.service))];
  return el("ul", { class: "trace-services", "aria-label": t("traceServices") }, services.map((service) => el("li", { data: { service } },
    el("span", { class: "swatch", "aria-hidden": "true" }), el("span", { text: service }),
    el("span", { class: "faint", text: duration(busy(spans.filter((span) => span.service === service))) }))));
}

/** How long at least one of these was under way. */
function busy(spans) {
  let [sum, until] = [0, 0];
  for (const { start_us: start, duration_us: took } of [...spans].sort((a, b) => a.start_us - b.start_us)) {
    sum += Math.max(0, start + took - Math.max(start, until));
    until = Math.max(until, start + took);
  }
  return sum;
}

function ticks(total) {
  const marks = [];
  for (let at = 0; at < total * 0.9; at += step(total)) {
    marks.push(el("span", { class: "tick", style: { left: `${(100 * at) / total}%` }, text: at === 0 ? "0" : duration(at) }));
  }
  return el("div", { class: "ticks", "aria-hidden": "true" }, marks);
}

/** The line of a span, and one below it that says more when asked to. */
function rows(span, ends, total) {
  const share = (us) => `${(100 * us) / Math.max(total, 1)}%`;
  const queued = span.kind === "consumer" ? Math.max(0, span.start_us - (ends.get(span.parent) ?? span.start_us)) : 0;
  const more = el("tr", { class: "span-more", hidden: true }, el("td", { colspan: 3 }, details(span, queued)));
  const name = button(title(span), () => {
    more.hidden = !more.hidden;
    name.setAttribute("aria-expanded", String(!more.hidden));
  }, { class: "quiet span-name", "aria-expanded": "false" });
  // Work in a sandbox that fails may be tried again, and is no failure of what it is part of.
  const failed = span.failed || span.attributes["sandbox.failed"] === true;
  if (failed) put(name, " ", el("span", { class: "span-failed", text: `✗ ${t("spanFailed")}` }));
  const line = el("tr", { class: failed ? "failed" : "", data: { service: span.service } },
    el("th", { scope: "row", style: { "--depth": String(Math.min(span.depth, 8)) } }, name),
    el("td", {},
      el("span", { class: "unseen", text: t("spanAt", { service: span.service, at: duration(span.start_us) }) }),
      el("div", { class: "span-track", "aria-hidden": "true" },
        queued > 0 && el("div", { class: "span-queued", style: { left: share(span.start_us - queued), width: share(queued) } }),
        el("div", { class: "span-bar", style: { left: share(span.start_us), width: share(span.duration_us) } }))),
    el("td", { class: "number", text: duration(span.duration_us) }));
  return [line, more];
}

function details(span, queued) {
  const facts = [
    [t("spanService"), span.service],
    [t("spanWhen"), duration(span.start_us)],
    queued > 0 && [t("spanQueued"), duration(queued)],
    [t("spanOwnName"), span.name],
    ...Object.entries(span.attributes),
  ];
  return el("dl", { class: "span-facts" }, facts.filter(Boolean).map(([name, value]) => [el("dt", { text: name }), el("dd", { text: String(value) })]));
}
