// The native interface: requests with the key, events as they come, bytes that are sent with their progress.

import { load, keep } from "./store.js";

let key = load("key", "");
let onUnauthorized = () => {};

export function setKey(value) {
  key = value;
  keep("key", value || undefined);
}

export function hasKey() {
  return key !== "";
}

export function whenUnauthorized(handler) {
  onUnauthorized = handler;
}

/** What went wrong, with the server's own words (RFC 9457). */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.error?.message || body?.title || `HTTP ${status}`);
    this.status = status;
    this.code = body?.code || body?.error?.code || "";
  }
}

function headers(more = {}) {
  return key ? { authorization: `Bearer ${key}`, ...more } : more;
}

async function problemOf(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    body = undefined;
  }
  const problem = new Problem(response.status, body);
  if (response.status === 401) onUnauthorized();
  return problem;
}

export async function request(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers) });
  if (!response.ok) throw await problemOf(response);
  return response;
}

const json = (path, options) => request(path, options).then((response) => response.json());
const post = (path, body, more = {}) =>
  json(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...more } });

export const config = () => json("/api/config");
export const files = () => json("/api/files").then((list) => list.files);
export const tables = (file) => json(`/api/files/${file}/tables`);
export const remove = (file) => json(`/api/files/${file}`, { method: "DELETE" });
export const ask = (job, id) => post("/api/ask", job, { "idempotency-key": id });
/** Judges a text, or that of a file: `{ text }` or `{ file }`. */
export const detect = (what, prior) => post("/api/detect", { ...what, prior });
export const glossary = () => json("/api/glossary");
/** Sets one entry, in the place of another one of that term; all entries as they are then. */
export const setTerm = (entry) => post("/api/glossary", entry);
export const removeTerm = (term) => json(`/api/glossary/${encodeURIComponent(term)}`, { method: "DELETE" });
export const trace = (id) => json(`/api/answers/${id}/trace`);
export const feedback = (id, said) => post(`/api/answers/${id}/feedback`, said);

/** What is said in a recording, as text. */
export async function transcribe(sound, language) {
  const form = new FormData();
  form.append("file", sound, "speech");
  form.append("model", "whisper-1");
  form.append("language", language);
  form.append("response_format", "json");
  return (await json("/v1/audio/transcriptions", { method: "POST", body: form })).text;
}

/** What was said of an answer; `undefined` where nothing was. */
export async function said(id) {
  try {
    return await json(`/api/answers/${id}/feedback`);
  } catch {
    return undefined;
  }
}

/** An answer; `undefined` until it is there. */
export async function answer(id) {
  const response = await request(`/api/answers/${id}`);
  return response.status === 200 ? response.json() : undefined;
}

/** Bytes of a part of an answer or a file, with the key that an `<img>` could not send. */
export async function blob(path) {
  const response = await request(path);
  return response.blob();
}

/** Follows a job to its end; `tell` gets each report. Comes back where it broke off. */
export async function follow(id, tell, signal) {
  let last = "";
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      const more = last ? { "last-event-id": last } : {};
      const response = await request(`/api/progress/${id}`, { headers: more, signal });
      if (response.status === 204) return;
      for await (const event of events(response.body)) {
        last = event.id || last;
        pause = 500;
        if (event.name === "message") continue;
        const report = JSON.parse(event.data);
        tell(report);
        if (event.name === "finished") return;
        if (event.name === "failed") throw new Problem(500, { detail: report.state.reason, code: "job_failed" });
      }
    } catch (error) {
      if (error instanceof Problem || signal?.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Server-sent events of a body. Source: HTML Living Standard, section "Server-sent events". */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    let end;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const event = { name: "message", id: "", data: "" };
      for (const line of rest.slice(0, end).split("\n")) {
        const colon = line.indexOf(":");
        const [field, text] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
        if (field === "event") event.name = text;
        else if (field === "id") event.id = text;
        else if (field === "data") event.data += text;
      }
      rest = rest.slice(end + 2);
      yield event;
    }
  }
}

/** Sends bytes with a method; `tell` gets how many have gone. Resolves to the request, when its response is good. */
export function send(method, path, bytes, more, tell) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open(method, path);
    for (const [header, value] of Object.entries(headers(more))) sending.setRequestHeader(header, value);
    sending.upload.addEventListener("progress", (event) => tell(event.loaded));
    sending.addEventListener("error", () => reject(new Problem(0, { detail: "the connection broke off" })));
    sending.addEventListener("load", () => {
      if (sending.status < 300) return resolve(sending);
      let body;
      try {
        body = JSON.parse(sending.responseText);
      } catch {
        body = undefined;
      }
      if (sending.status === 401) onUnauthorized();
      reject(new Problem(sending.status, body));
    });
    sending.send(bytes);
  });
}
