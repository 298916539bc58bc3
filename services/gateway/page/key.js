// The API key, asked for when the server wants one.

import * as api from "./api.js";
import { byId, button, el, fill } from "./dom.js";
import { t } from "./i18n.js";

export function askForKey() {
  const dialog = byId("dialog");
  if (dialog.open) return;
  const input = el("input", { type: "password", autocomplete: "off", "aria-label": t("keyTitle") });
  const save = () => {
    api.setKey(input.value.trim());
    location.reload();
  };
  fill(dialog, el("form", { method: "dialog", on: { submit: save } },
    el("h2", { id: "dialog-title", text: t("keyTitle") }),
    el("p", { text: t("keyText") }),
    input,
    el("div", { class: "buttons" },
      button(t("cancel"), () => dialog.close(), { class: "quiet" }),
      el("button", { type: "submit", class: "main", text: t("save") }))));
  dialog.showModal();
}

/** Asks a yes-or-no question; resolves to the answer. */
export function confirmed(title, text, yes) {
  return new Promise((resolve) => {
    const dialog = byId("dialog");
    let answer = false;
    fill(dialog, el("form", { method: "dialog" },
      el("h2", { id: "dialog-title", text: title }),
      text && el("p", { text }),
      el("div", { class: "buttons" },
        button(t("cancel"), () => dialog.close(), { class: "quiet" }),
        button(yes, () => { answer = true; dialog.close(); }, { class: "main" }))));
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    dialog.showModal();
  });
}

/** Asks for some words; resolves to them, or to `undefined`. */
export function asked(title, yes) {
  return new Promise((resolve) => {
    const dialog = byId("dialog");
    let answer;
    const input = el("textarea", { rows: 4, "aria-label": title });
    fill(dialog, el("form", { method: "dialog" },
      el("h2", { id: "dialog-title", text: title }),
      input,
      el("div", { class: "buttons" },
        button(t("cancel"), () => dialog.close(), { class: "quiet" }),
        button(yes, () => { answer = input.value.trim(); dialog.close(); }, { class: "main" }))));
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    dialog.showModal();
  });
}
