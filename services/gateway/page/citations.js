// Where an answer stands in the documents, and the page itself with the place framed.

import * as api from "./api.js";
import { button, byId, el, fill, put } from "./dom.js";
import { t } from "./i18n.js";

/** The text of an answer, its `[1]` as buttons that open the page. */
export function citedText(answer) {
  const numbers = new Map((answer.citations ?? []).map((citation) => [citation.number, citation]));
  const parts = answer.text.split(/(\[\d+\])/);
  return el("p", {}, parts.map((part) => {
    const citation = numbers.get(Number(part.match(/^\[(\d+)\]$/)?.[1]));
    return citation ? mark(answer, citation) : part;
  }));
}

function mark(answer, citation) {
  return el("sup", {}, button(String(citation.number), () => openPage(answer, citation),
    { class: "cite", "aria-label": `${t("sources")} ${citation.number}: ${citation.name}`, title: citation.quote }));
}

export function place(citation) {
  const parts = [];
  if (citation.place.page) parts.push(t("page", { n: citation.place.page }));
  if (citation.place.table) parts.push(citation.place.table);
  if (citation.place.row) parts.push(t("row", { n: citation.place.row }));
  if (citation.place.sections?.length) parts.push(citation.place.sections.join(" › "));
  return parts.join(" · ");
}

export function citationList(answer, citations) {
  return el("ol", { class: "citations", "aria-label": t("sources") }, citations.map((citation) => el("li", {},
    el("span", { class: "citation-number", text: String(citation.number) }),
    el("div", {},
      el("div", { class: "citation-head" },
        el("strong", { text: citation.name }), el("span", { class: "faint", text: place(citation) }),
        citation.image && button(t("showPage"), () => openPage(answer, citation), { class: "quiet small" })),
      el("blockquote", {}, quoted(citation))))));
}

/** The passage with the cited words marked. */
function quoted(citation) {
  const at = citation.text.indexOf(citation.quote);
  if (at < 0 || citation.text.length > 600) return citation.quote;
  return [citation.text.slice(0, at), el("mark", { text: citation.quote }), citation.text.slice(at + citation.quote.length)];
}

/** Shows the page with the place framed, in the drawer. */
export async function openPage(answer, citation) {
  const drawer = byId("drawer");
  const frame = el("div", { class: "page-frame", tabindex: 0, role: "region", "aria-label": place(citation) || citation.name }, el("p", { class: "faint", text: t("waiting") }));
  fill(drawer,
    el("div", { class: "drawer-head" },
      el("h2", { id: "drawer-title", text: `${citation.name} ${place(citation)}` }),
      button("×", () => drawer.close(), { class: "quiet icon", "aria-label": t("close") })),
    el("blockquote", {}, quoted(citation)), frame);
  if (!drawer.open) drawer.showModal();
  if (!citation.image) return fill(frame, el("p", { class: "faint", text: t("noImage") }));
  try {
    const url = URL.createObjectURL(await api.blob(`/api/answers/${answer.id}/citations/${citation.number}.svg`));
    const image = el("img", { alt: `${citation.name} ${place(citation)}: ${citation.quote}`, class: "page-image" });
    image.src = url;
    drawer.addEventListener("close", () => URL.revokeObjectURL(url), { once: true });
    fill(frame, image);
  } catch (error) {
    fill(frame, el("p", { class: "faint", text: error.message }));
  }
  return put(frame);
}
