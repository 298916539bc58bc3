// Where a question is written: with images that are pasted or dropped, and by voice.

import { button, byId, el, fill, icon, put } from "./dom.js";
import { addFiles } from "./files.js";
import { t, whenLanguageChanges } from "./i18n.js";
import { voice } from "./voice.js";

const CLIP = "M13 7.5 7.8 12.7a3 3 0 0 1-4.3-4.2l5.6-5.7a2 2 0 0 1 2.9 2.9L6.6 11a1 1 0 0 1-1.4-1.4L9.9 5";
const ARROW = "M8 13V3M4 7l4-4 4 4";

let attached = [];

export function startComposer(form, config, send) {
  let speech;
  const draw = () => {
    const before = byId("question")?.value ?? "";
    const box = el("textarea", { id: "question", rows: 1, placeholder: t("placeholder"), "aria-label": t("question"),
      maxlength: 4000, enterkeyhint: "send" });
    box.value = before;
    const input = el("input", { type: "file", multiple: true, class: "unseen", tabindex: -1, "aria-hidden": "true",
      on: { change: () => { attach(input.files); input.value = ""; } } });
    const grow = () => {
      box.style.setProperty("height", "auto");
      box.style.setProperty("height", `${Math.min(box.scrollHeight, 200)}px`);
    };
    box.addEventListener("input", grow);
    box.addEventListener("keydown", (event) => {
      // While an input method is composing, Enter chooses a word.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    box.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      attach(files);
    });
    const clip = button("", () => input.click(), { class: "quiet icon", "aria-label": t("attach"), title: t("attach") });
    put(clip, icon(CLIP, 18));
    const go = el("button", { type: "submit", class: "main icon", "aria-label": t("send"), title: t("send") }, icon(ARROW, 18));
    // A recording whose button is gone could not be ended.
    speech?.stop();
    speech = voice(config);
    fill(form, el("div", { id: "attached", class: "attached" }),
      el("div", { class: "composer-row" }, clip, input, box, speech.node, go), speech.state);
    drawAttached();
  };
  draw();
  whenLanguageChanges(draw);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(send);
  });
  form.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
  });
  addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !isTyping && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      byId("question").focus();
    }
  });
}

async function submit(send) {
  const box = byId("question");
  const question = box.value.trim();
  const isReady = attached.every((one) => one.file || one.failed);
  if (!question || !isReady) return;
  const good = attached.filter((one) => one.file);
  attached = [];
  drawAttached();
  box.value = "";
  box.style.removeProperty("height");
  send(question, { files: good.map((one) => one.file), images: good.map((one) => one.name) });
}

/** Takes files in at once, so that they are read while the question is written. */
function attach(files) {
  for (const file of files) {
    const stamp = new Date().toISOString().replace(/[:.]/g, "-");
    const name = file.name && file.name !== "image.png" ? file.name : `pasted-${stamp}.png`;
    const one = { name, url: file.type.startsWith("image/") ? URL.createObjectURL(file) : "", file: "", failed: false };
    attached.push(one);
    addFiles([new File([file], name, { type: file.type })], "chat/").then(([id]) => {
      one.file = id ?? "";
      one.failed = !id;
      drawAttached();
    });
  }
  drawAttached();
}

function drawAttached() {
  const place = byId("attached");
  if (!place) return;
  fill(place, attached.map((one) => el("span", { class: `pill ${one.failed ? "failed" : one.file ? "" : "busy"}` },
    one.url && el("img", { src: one.url, alt: "", width: 28, height: 28 }),
    el("span", { text: one.name }),
    button("×", () => { attached = attached.filter((other) => other !== one); drawAttached(); },
      { class: "quiet icon", "aria-label": `${t("remove")} ${one.name}` }))));
}
