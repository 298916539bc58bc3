// Voice. Where the administrator has set an endpoint for it, speech is recorded and written down by the server. Else by the
// browser's speech recognition: on the device where the browser can do that, otherwise only after a plain warning, and never
// where the administrator forbids it.

import { button, byId, el, icon, put } from "./dom.js";
import { current, t } from "./i18n.js";
import { confirmed } from "./key.js";
import { canRecord, record } from "./recorder.js";
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

/**
 * What writes down what is said into the box of the question: a button, a line that tells how it stands, and `stop`. Nothing
 * where there is no way to do that, or it is forbidden.
 */
export function voice(config) {
  const isServers = config.transcription && canRecord();
  const Recognition = recognizer();
  if (!isServers && !(config.voice && !config.transcription && Recognition)) return { stop: () => {} };
  const state = el("p", { class: "voice-state", role: "status" });
  const node = button("", () => (isServers ? press() : recognize()), { class: "quiet icon", id: "voice",
    "aria-label": t("voice"), title: t("voice"), "aria-pressed": "false" });
  put(node, icon(MICROPHONE, 18));
  let listening;

  function show(text, on = false) {
    node.setAttribute("aria-pressed", String(on));
    state.textContent = text;
    state.classList.toggle("on", on);
  }

  const question = () => byId("question");

  /** Puts what is said behind what was there before. */
  function write(before, text) {
    const box = question();
    box.value = before ? `${before} ${text}` : text;
    box.dispatchEvent(new Event("input"));
  }

  async function press() {
    if (listening) return listening.stop();
    node.disabled = true;
    listening = await record((standing, text) => {
      if (standing === "recording") return show(t("recording"), true);
      listening = undefined;
      node.disabled = standing === "transcribing";
      show(standing === "done" ? "" : standing === "failed" ? text : t("transcribing"));
      if (standing === "done") write(question().value, text);
      if (standing !== "transcribing") question().focus();
    });
    node.disabled = false;
  }

  async function recognize() {
    if (listening) return listening.stop();
    const lang = current() === "zh" ? "zh-CN" : "en-US";
    const local = await isLocal(Recognition, lang);
    if (!local && !load("voice", false)) {
      if (!(await confirmed(t("voiceTitle"), t("voiceText"), t("voiceAccept")))) return;
      keep("voice", true);
    }
    const recognition = new Recognition();
    recognition.lang = lang;
    recognition.interimResults = true;
    recognition.continuous = true;
    if (local) recognition.processLocally = true;
    const before = question().value;
    let failed = "";
    recognition.onresult = (event) => write(before, [...event.results].map((result) => result[0].transcript).join(""));
    recognition.onerror = () => { failed = t("voiceFailed"); };
    recognition.onend = () => {
      listening = undefined;
      show(failed);
      question().focus();
    };
    listening = recognition;
    show(t("listening"), true);
    recognition.start();
  }
  return { node, state, stop: () => listening?.stop() };
}
