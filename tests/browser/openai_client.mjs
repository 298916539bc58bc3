// The official Node client against a gateway whose services play their parts. Argument: the gateway's address.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.CONTRAIL_BROWSER_TESTS, "package.json"));
const OpenAI = require("openai");
const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "none", maxRetries: 0 });

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.deepEqual(names, ["contrail-auto", "contrail-tables", "contrail-knowledge", "contrail-detector"]);

const file = await client.files.create({ file: new File(["a\n1\n"], "b.csv"), purpose: "user_data" });
assert.equal(file.bytes, 4);
const messages = [{ role: "user", content: "各地区的销售额？" }];
const reply = await client.chat.completions.create({ model: "contrail-auto", messages });
assert.match(reply.choices[0].message.content, /\| 华东 \| 1284530\.75 \|/);
assert.equal(reply.x_contrail.columns.length, 3);

let [text, stages] = ["", ""];
const stream = await client.chat.completions.create({ model: "contrail-auto", messages, stream: true });
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta.content ?? "";
  stages += chunk.choices[0]?.delta.reasoning_content ?? "";
}
assert.match(text, /华东/);
assert.match(stages, /computing/);

const vectors = await client.embeddings.create({ model: "contrail-embed", input: "abc" });
assert.deepEqual(vectors.data[0].embedding, [3, 0.5]);
const heard = await client.audio.transcriptions.create({ model: "whisper-1", file: new File(["sound"], "question.webm"), language: "zh" });
assert.equal(heard.text, "各地区的销售额？");
await assert.rejects(client.chat.completions.create({ model: "gpt-4", messages }), (error) => error.status === 404 && error.code === "model_not_found");
assert.equal((await client.files.delete(file.id)).deleted, true);
console.log("ok");
