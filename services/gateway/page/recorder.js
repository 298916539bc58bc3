// Speech that is recorded here and written down by the server, which has it from an endpoint that the administrator chose.

import * as api from "./api.js";
import { current, t } from "./i18n.js";

/** Milliseconds after which a recording ends by itself. */
const LONGEST = 300_000;

/** Whether this browser can record; it can't where the page comes over plain HTTP from another machine. */
export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

/**
 * Records until `stop` of what this gives, then has it written down. `tell` gets how it stands: `recording`, `transcribing`,
 * then `done` with the text, or `failed` with a reason.
 */
export async function record(tell) {
  let stream, recorder;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    recorder = new MediaRecorder(stream);
    recorder.start();
  } catch (error) {
    release(stream);
    tell("failed", t("microphone", { why: error.message }));
    return undefined;
  }
  const pieces = [];
  const limit = setTimeout(() => recorder.stop(), LONGEST);
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", async () => {
    clearTimeout(limit);
    release(stream);
    tell("transcribing");
    try {
      tell("done", await api.transcribe(new Blob(pieces, { type: recorder.mimeType || "audio/webm" }), current()));
    } catch (error) {
      tell("failed", error.message);
    }
  }, { once: true });
  tell("recording");
  return recorder;
}

/** The browser shows that the microphone is on until it is let go. */
function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
