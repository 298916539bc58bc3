// What the words of a question were taken to mean. A chip's words can be changed: the question with the new words is asked.

import { button, el, fill, put } from "./dom.js";
import { t } from "./i18n.js";

/** The chips of an answer, without those that carry no meaning. */
export function chips(answer, talk) {
  const trail = answer.trail;
  const seen = trail.chips.filter((chip) => chip.role !== "filler");
  const open = trail.unexplained ?? [];
  if (seen.length + open.length === 0) return undefined;
  const list = el("ul", { class: "chips", "aria-label": t("understood") });
  for (const chip of seen) put(list, item(answer, chip.span, chip.meaning, chip.role, talk));
  for (const span of open) put(list, item(answer, span, t("unexplained"), "unexplained", talk));
  return list;
}

function item(answer, span, meaning, role, talk) {
  const place = el("li", {});
  const show = () => {
    const words = el("span", { class: "chip-words", text: span.text });
    const means = meaning !== span.text && el("span", { class: "chip-meaning", text: meaning });
    if (talk?.send) {
      fill(place, el("button", { type: "button", class: `chip ${role}`, title: t("chipHint"), on: { click: edit } }, words, means));
    } else {
      fill(place, el("span", { class: `chip ${role}` }, words, means));
    }
  };
  const edit = () => {
    const input = el("input", { class: "chip-input", value: span.text, "aria-label": t("chipHint"), size: Math.max(span.text.length * 2, 6) });
    let isOver = false;
    const end = (isAsked) => {
      if (isOver) return;
      isOver = true;
      const words = input.value.trim();
      show();
      if (isAsked && words && words !== span.text) talk.send(replaced(answer.question, span, words), { corrects: answer.id });
      else if (isAsked) place.firstElementChild.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") end(true);
      else if (event.key === "Escape") end(false);
    });
    input.addEventListener("blur", () => end(false));
    fill(place, input);
    input.select();
  };
  show();
  return place;
}

/** The question with other words in the place of a span, which counts Unicode scalar values. */
export function replaced(question, span, words) {
  const letters = [...question];
  return [...letters.slice(0, span.start), words, ...letters.slice(span.end)].join("");
}
