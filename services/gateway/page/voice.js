// Voice by the browser's speech recognition: on the device where the browser can do that, otherwise only after a plain
// warning, and never where the administrator forbids it.

import { button, el, icon, put, say } from "./dom.js";
import { current, t } from "./i18n.js";
import { confirmed } from "./key.js";
import { keep, load } from "./store.js";

const MICROPHONE = "M8 1.5a2 2 0 0 1 2 2v4a2 2 0 0 1-4 0v-4a2 2 0 0 1 2-2zM3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.5";

const recognizer = () => globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

/** Whether speech stays on this device. */
async function isLocal(Recognition, lang) {
  if (typeof Recognition.available !== "function" || !("processLocally" in Recognition.prototype)) return false;
  try {
    return (await Recognition.available({ langs: [lang], processLocally: true })) === "available";
  } catch {
    return false;
  }
}

/** A button that writes what is said into a box; nothing where there is no recognition, or it is forbidden. */
export function voiceButton(config, box) {
  const Recognition = recognizer();
  if (!config.voice || !Recognition) return undefined;
  let listening;
  const node = button("", async () => {
    if (listening) return listening.stop();
    const lang = current() === "zh" ? "zh-CN" : "en-US";
    const local = await isLocal(Recognition, lang);
    if (!local && !load("voice", false)) {
      if (!(await confirmed(t("voiceTitle"), t("voiceText"), t("voiceAccept")))) return;
      keep("voice", true);
    }
    listen(lang, local);
  }, { class: "quiet icon", id: "voice", "aria-label": t("voice"), title: t("voice"), "aria-pressed": "false" });
  put(node, icon(MICROPHONE, 18), el("span", { class: "unseen" }));

  function mark(on) {
    node.setAttribute("aria-pressed", String(on));
    node.title = on ? t("listening") : t("voice");
    if (on) say(t("listening"));
  }

  function listen(lang, local) {
    const recognition = new Recognition();
    recognition.lang = lang;
    recognition.interimResults = true;
    recognition.continuous = true;
    if (local) recognition.processLocally = true;
    const before = box.value ? `${box.value} ` : "";
    recognition.onresult = (event) => {
      box.value = before + [...event.results].map((result) => result[0].transcript).join("");
      box.dispatchEvent(new Event("input"));
    };
    recognition.onerror = () => say(t("voiceFailed"));
    recognition.onend = () => {
      listening = undefined;
      mark(false);
      box.focus();
    };
    listening = recognition;
    mark(true);
    recognition.start();
  }
  return node;
}
