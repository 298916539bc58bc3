// Uploads: small files at once, larger ones in parts (tus 1.0.0), so that one that was cut goes on where it was cut, also after a
// reload, when the same file is given again.

import { Problem, request, send } from "./api.js";
import { keep, load } from "./store.js";

const LARGE = 4 * 1024 * 1024;
const TRIES = 12;
const LONGEST_PAUSE = 30_000;
const REMEMBERED = 20;
const TUS = { "tus-resumable": "1.0.0" };
/** What passes: no connection, another number of bytes on the server, a server that is busy, stopping or behind a proxy. */
const PASSES = [0, 408, 409, 429, 502, 503, 504];

/** Uploads a file under a name; `tell` gets the share that is sent, and whether the connection is waited for. */
export function upload(name, file, tell) {
  return file.size > LARGE ? inParts(name, file, tell) : whole(name, file, tell);
}

async function whole(name, file, tell) {
  const path = `/api/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  const sent = await send("PUT", path, file, { "content-type": "application/octet-stream" }, (bytes) => tell(bytes / file.size, false));
  return JSON.parse(sent.responseText);
}

async function inParts(name, file, tell) {
  const mark = `${name}/${file.size}/${file.lastModified}`;
  // Kept here too: a browser may refuse to keep anything.
  let at = load("uploads", {})[mark];
  let [share, failures] = [0, 0];
  for (;;) {
    try {
      if (!at) {
        at = await begin(name, file);
        remember(mark, at);
      }
      const done = await rest(at, file, (bytes) => {
        if (bytes / file.size > share) [share, failures] = [bytes / file.size, 0];
        tell(share, false);
      });
      remember(mark, undefined);
      return done;
    } catch (error) {
      // An upload that is gone is begun anew.
      const isGone = error instanceof Problem && error.status === 404;
      if (isGone) {
        at = undefined;
        remember(mark, at);
      }
      const passes = isGone || !(error instanceof Problem) || PASSES.includes(error.status);
      if (!passes || ++failures > TRIES) throw error;
      tell(share, true);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** failures, LONGEST_PAUSE)));
    }
  }
}

/** Begins an upload; resolves to where its bytes go. */
async function begin(name, file) {
  const metadata = btoa(String.fromCharCode(...new TextEncoder().encode(name)));
  const response = await request("/api/uploads", {
    method: "POST",
    headers: { ...TUS, "upload-length": String(file.size), "upload-metadata": `filename ${metadata}` },
  });
  return response.headers.get("location");
}

/** Sends what is missing; resolves to the file and the job that reads it. */
async function rest(at, file, tell) {
  const standing = await request(at, { method: "HEAD", headers: TUS });
  const offset = Number(standing.headers.get("upload-offset"));
  tell(offset);
  const done = outcome((name) => standing.headers.get(name));
  if (done) return done;
  const head = { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const sent = await send("PATCH", at, file.slice(offset), head, (bytes) => tell(offset + bytes));
  const now = outcome((name) => sent.getResponseHeader(name));
  if (!now) throw new Problem(409, { detail: "bytes are missing" });
  return now;
}

function outcome(header) {
  const file = header("x-contrail-file");
  return file && { file, job: header("x-contrail-job") };
}

function remember(mark, at) {
  const others = Object.entries(load("uploads", {})).filter(([known]) => known !== mark);
  keep("uploads", Object.fromEntries([...others, ...(at ? [[mark, at]] : [])].slice(-REMEMBERED)));
}
