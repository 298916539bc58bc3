// The official client of the tus protocol against a gateway whose services play their parts. Argument: the gateway's address.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.CONTRAIL_BROWSER_TESTS, "package.json"));
const tus = require("tus-js-client");
const address = process.argv[2];
const bytes = Buffer.from(`day,sales\n${"2024-05-06,7\n".repeat(200_000)}`);
const part = 256 * 1024;

/** An upload, and the offsets at which it sends; `cut` is called with it after each part. */
function upload(name, settings, cut = () => {}) {
  const offsets = [];
  return new Promise((resolve, reject) => {
    const sending = new tus.Upload(bytes, {
      endpoint: `${address}/api/uploads`,
      metadata: { filename: name },
      retryDelays: null,
      onBeforeRequest: (request) => { if (request.getMethod() === "PATCH") offsets.push(Number(request.getHeader("Upload-Offset"))); },
      onChunkComplete: () => cut(sending, resolve),
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve({ sending, offsets, file: lastResponse.getHeader("X-Contrail-File"), job: lastResponse.getHeader("X-Contrail-Job") }),
      ...settings,
    });
    sending.start();
  });
}

async function nameOf(file) {
  const response = await fetch(`${address}/api/files/${file}`);
  assert.equal(response.status, 200);
  return (await response.json()).name;
}

const whole = await upload("whole.csv", {});
assert.deepEqual(whole.offsets, [0]);
assert.equal(await nameOf(whole.file), "whole.csv");
assert.ok(whole.job);

const stopped = await upload("表.csv", { chunkSize: part }, (sending, resolve) => sending.abort().then(() => resolve(sending)));
const resumed = await upload("表.csv", { uploadUrl: stopped.url });
assert.deepEqual(resumed.offsets, [part]);
assert.equal(await nameOf(resumed.file), "表.csv");

const unwanted = await upload("unwanted.csv", { chunkSize: part }, (sending, resolve) => sending.abort(true).then(() => resolve(sending)));
const gone = await fetch(unwanted.url, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
assert.equal(gone.status, 404);
