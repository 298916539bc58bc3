// A producer on the bus: gives a file, follows how it is read, asks about it, and hears how a job fails.
//
// usage: node producer.mjs NATS_URL FILE QUESTION [TENANT [SEED_FILE]]
//
// Needs @nats-io/transport-node, @nats-io/jetstream and @nats-io/obj. Where the server knows its users, the tenant's key is
// `<keys>/producer-<tenant>/seed`.

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { jetstream } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { connect, headers, nkeyAuthenticator } from "@nats-io/transport-node";

const PATIENCE = 120_000;

const [url, file, question, tenant = "local", seed] = process.argv.slice(2);
if (!question) {
  console.error("usage: node producer.mjs NATS_URL FILE QUESTION [TENANT [SEED_FILE]]");
  process.exit(2);
}

// Replies come to an inbox that is the user's own.
const user = seed && {
  authenticator: nkeyAuthenticator(new TextEncoder().encode(readFileSync(seed, "utf8").trim())),
  inboxPrefix: `_INBOX_producer-${tenant}`,
};
const connection = await connect({ servers: url, name: "producer in JavaScript", ...user });
// Not asked first: what the whole account holds is none of a tenant's business.
const stream = jetstream(connection, { checkAPI: false });
const stores = new Objm(stream);

/** Sends a job. The same id twice is kept once: what is sent again after a lost ack is done once. */
async function submit(subject, body) {
  const id = randomUUID();
  const sent = headers();
  sent.set("Nats-Msg-Id", id);
  await stream.publish(`${subject}.${tenant}`, JSON.stringify(body), { headers: sent });
  return id;
}

/** Reads an object by direct gets: `ObjectStore.get` makes a consumer, which the user of a tenant's programs may not. */
async function get(bucket, name) {
  const direct = `$JS.API.DIRECT.GET.OBJ_${bucket}`;
  const key = Buffer.from(name).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  const found = await connection.request(`${direct}.$O.${bucket}.M.${key}`, "", { timeout: 10_000 });
  if (found.headers?.code) throw new Error(`no object ${name} in ${bucket}`);
  const { chunks, nuid, digest } = found.json();
  const content = [];
  let last = 0;
  while (content.length < chunks) {
    const wanted = JSON.stringify({ seq: last + 1, next_by_subj: `$O.${bucket}.C.${nuid}` });
    const chunk = await connection.request(direct, wanted, { timeout: 10_000 });
    content.push(chunk.data);
    last = Number(chunk.headers.get("Nats-Sequence"));
  }
  const bytes = Buffer.concat(content);
  const computed = createHash("sha256").update(bytes).digest("base64").replaceAll("+", "-").replaceAll("/", "_");
  if (digest !== `SHA-256=${computed}`) throw new Error(`object ${name} in ${bucket} is damaged`);
  return bytes;
}

/** What is said from now on: to be called before the job that it is said of is sent. */
const listen = (subject) => connection.subscribe(subject)[Symbol.asyncIterator]();

/** The first message whose body is wanted. */
async function first(messages, wanted) {
  const late = setTimeout(() => { throw new Error("nothing came in time"); }, PATIENCE);
  for (;;) {
    const { value: message } = await messages.next();
    const body = message.json();
    if (!wanted(message.subject, body)) continue;
    clearTimeout(late);
    return body;
  }
}

const tell = (what) => console.log(JSON.stringify(what));

const events = listen(`event.*.v1.${tenant}`);
const progress = listen(`progress.${tenant}.*`);
const dead = listen(`dead.*.v1.${tenant}`);
await connection.flush();

// Bytes lie in the tenant's object store under their SHA-256; the same bytes lie there once.
const bytes = readFileSync(file);
const content = createHash("sha256").update(bytes).digest("hex");
const files = await stores.open(`files_${tenant}`);
await files.putBlob({ name: content }, bytes);
const job = await submit("job.ingest.v1", { action: "add", name: basename(file), content });

await first(progress, (_, report) => {
  if (report.id !== job) return false;
  tell({ progress: report.stage, state: report.state.is });
  return report.state.is !== "running";
});
const fact = await first(events, (subject, body) => /^event\.file-(indexed|rejected)\./.test(subject) && body.job === job);
if (fact.rejection) {
  console.error(`${fact.name} is rejected: ${fact.rejection.message}`);
  process.exit(1);
}
tell({ indexed: fact.file, tables: fact.tables });

const asked = await submit("job.ask.v1", { question, files: [fact.file] });
await first(events, (subject, body) => subject.startsWith("event.answer-ready.") && body.answer === asked);
const answer = JSON.parse(await get(`answers_${tenant}`, asked));
tell({ answer: answer.text, status: answer.status, rows: answer.rows });

// A name of two lines is none: the job goes to the dead letters, with the place of what was wrong.
const wrong = await submit("job.ingest.v1", { action: "add", name: "two\nlines.csv", content });
const letter = await first(dead, (_, body) => body.headers["Nats-Msg-Id"]?.[0] === wrong);
tell({ dead: letter.reason, at: letter.pointer });
await connection.close();
