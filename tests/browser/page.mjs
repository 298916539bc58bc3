// The page in a real browser, view by view. Behind it are the services of the gateway's tests, which play their parts, so that it can be
// shown what they never should say. `whole.mjs` uses the page with the services themselves.

import assert from "node:assert/strict";

import { accessible, address, ask, framed, labels, open, part, run, shot, surrounds, upload } from "./browser.mjs";

await run({
  async "upload, progress, a question in Chinese, its answer and its trail"() {
    const { page, response, end } = await open();
    const policy = response.headers()["content-security-policy"];
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(await page.locator("script:not([src]), [onclick], [onerror], [onload]").count(), 0);
    await shot(page, "1-welcome");
    await accessible(page, "welcome");
    const progress = await upload(page, "零售 2024.csv");
    assert.ok(progress.some((share) => share > 0 && share <= 100), `${progress}`);
    assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
    const turn = await ask(page, "2024年3月华东的销售额是多少？");
    await turn.locator(".value-number").waitFor();
    assert.match(await turn.locator(".value-number").textContent(), /1.?284.?530\.75/u);
    assert.match(await turn.locator(".badge").textContent(), /已核验/);
    await turn.locator(".trail-button").click();
    await page.locator(".drawer .funnel li").nth(3).waitFor();
    await shot(page, "2-trail");
    await accessible(page, "trail");
    await page.keyboard.press("Escape");
    await turn.locator(".chip", { hasText: "华东" }).click();
    await page.fill(".chip-input", "华南");
    await page.keyboard.press("Enter");
    await page.locator(".asked", { hasText: "2024年3月华南的销售额是多少？" }).waitFor();
    const second = page.locator(".turn").nth(1);
    await second.locator(".card").waitFor();
    // What is called right tells which answer it puts right, and is asked again from then on.
    const isFeedback = (request) => request.method() === "POST" && request.url().endsWith("/feedback");
    const [said] = await Promise.all([page.waitForRequest(isFeedback), second.getByRole("button", { name: "正确", exact: true }).click()]);
    assert.deepEqual(said.postDataJSON(), { verdict: "right", corrects: await turn.getAttribute("data-turn") });
    await second.getByRole("status").filter({ hasText: "goldens run" }).waitFor();
    await end();
  },

  async "the trail shows where the time went"() {
    const { page, end } = await open({ locale: "en-GB" });
    await upload(page, "a.csv");
    const turn = await ask(page, "各地区的销售额？");
    await turn.locator(".trail-button").click();
    const lines = page.locator(".waterfall tbody tr:not(.span-more)");
    await lines.first().waitFor();
    const told = await lines.locator("th").allTextContents();
    assert.deepEqual(told, ["POST /api/ask", "Queues job.ask", "Works on job.ask", "Queues job.codegen-executor",
      "Works on job.codegen-executor", "Announces event.answer-ready"]);
    assert.deepEqual(await page.locator(".trace-services li").evaluateAll((list) => list.map((node) => node.dataset.service)), ["gateway", "codegen-executor"]);
    assert.match(await lines.nth(4).locator("td").first().textContent(), /^codegen-executor, begins at [\d.]+ m?s$/);
    // Bars lie within the track, each not before the one that it is part of.
    const track = await lines.first().locator(".span-track").boundingBox();
    let before = track.x - 1;
    for (const bar of await lines.locator(".span-bar").all()) {
      const box = await bar.boundingBox();
      assert.ok(box.width >= 1 && box.x >= before && box.x + box.width <= track.x + track.width + 4, JSON.stringify({ box, track }));
      before = box.x - 1;
    }
    await page.locator(".waterfall").scrollIntoViewIfNeeded();
    await lines.nth(4).getByRole("button").focus();
    await page.keyboard.press("Enter");
    const facts = page.locator(".span-more:not([hidden]) .span-facts");
    assert.match(await facts.textContent(), /process job\.codegen-executor\.v1/);
    assert.doesNotMatch(await page.locator(".trace-place").textContent(), /地区|a\.csv/);
    await shot(page, "13-trace");
    await accessible(page, "trace");
    await page.keyboard.press("Escape");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.click("#language");
    await page.locator(".trail-button").click();
    await page.locator(".waterfall th", { hasText: "处理 job.codegen-executor" }).waitFor();
    await page.locator(".waterfall").scrollIntoViewIfNeeded();
    await shot(page, "14-trace-dark");
    await accessible(page, "trace in the dark");
    await page.setViewportSize({ width: 420, height: 800 });
    await page.locator(".waterfall").scrollIntoViewIfNeeded();
    await shot(page, "15-trace-narrow");
    await end();
  },

  async "a trace that is elsewhere is linked to, one that is nowhere is told of"() {
    const { page, end } = await open();
    await upload(page, "a.csv");
    const turn = await ask(page, "各地区的销售额？");
    const link = "https://traces.example/trace/0af7651916cd43dd8448eb211c80319c";
    await page.route("**/trace", (route) => route.fulfill({ json: { trace_id: "0af7651916cd43dd8448eb211c80319c", link } }));
    await turn.locator(".trail-button").click();
    assert.equal(await page.locator(".trace-head a").getAttribute("href"), link);
    await page.keyboard.press("Escape");
    await page.route("**/trace", (route) => route.fulfill({ status: 404, json: { code: "no_trace", detail: "only those of the newest are kept" } }));
    await turn.locator(".trail-button").click();
    await page.locator(".trace-place p", { hasText: "only those of the newest are kept" }).waitFor();
    await end();
  },

  async "chart, table and CSV"() {
    const { page, end } = await open();
    await upload(page, "a.csv");
    const turn = await ask(page, "各地区的销售额？");
    await turn.locator("img.chart").waitFor();
    assert.deepEqual(await labels(page, await part(turn, "chart.svg")), ["华东", "华南", "华北", "西南"]);
    await page.waitForFunction(() => document.querySelector("img.chart").naturalWidth > 0);
    const first = () => turn.locator("tbody tr td").first().textContent();
    await turn.getByRole("button", { name: "销售额", exact: true }).click();
    assert.equal(await first(), "华东");
    await turn.getByRole("button", { name: "销售额", exact: true }).click();
    assert.equal(await first(), "西南");
    const [download] = await Promise.all([page.waitForEvent("download"), turn.getByRole("button", { name: "CSV" }).click()]);
    assert.match(download.suggestedFilename(), /\.csv$/);
    await shot(page, "3-chart");
    await accessible(page, "chart");
    await end();
  },

  async "a large upload that is cut goes on where it was cut"() {
    const { page, end } = await open();
    const content = `日期,地区,销售额\n${"2024-03-01,华东,12.5\n".repeat(250_000)}`;
    const bytes = Buffer.from(content);
    const half = Math.floor(bytes.length / 2);
    const offsets = [];
    await page.route("**/api/uploads/*", async (route) => {
      const sent = route.request();
      if (sent.method() !== "PATCH") return route.continue();
      offsets.push(Number(sent.headers()["upload-offset"]));
      if (offsets.length > 1) return route.continue();
      // The first half arrives, and then the connection breaks.
      const headers = Object.fromEntries(["tus-resumable", "upload-offset", "content-type"].map((name) => [name, sent.headers()[name]]));
      const response = await fetch(sent.url(), { method: "PATCH", headers, body: bytes.subarray(0, half) });
      assert.equal(response.status, 204);
      await route.abort("connectionreset");
    });
    const stages = page.evaluate(() => new Promise((resolve) => {
      const look = () => { if (document.querySelector(".upload-stage")?.textContent.includes("连接中断")) resolve(true); else requestAnimationFrame(look); };
      look();
    }));
    const progress = await upload(page, "大表.csv", content);
    assert.ok(await stages);
    assert.deepEqual(offsets, [0, half]);
    assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
    assert.equal(await page.evaluate(() => localStorage.getItem("contrail.uploads")), "{}");
    await end();
  },

  async "what words mean is set, changed and forgotten"() {
    const { page, end } = await open();
    await page.route("**/api/files/*/tables", (route) => route.fulfill({ json: { tables: [{ columns: [{ name: "销售额" }] }] } }));
    const row = (term) => page.locator("#view-glossary tbody tr").filter({ has: page.getByRole("rowheader", { name: term, exact: true }) });
    // Who types before the list is there goes on typing when it comes.
    let answer;
    const held = new Promise((resolve) => { answer = resolve; });
    await page.route("**/api/glossary", async (route) => { await held; await route.continue(); }, { times: 1 });
    await page.click('a[data-view="glossary"]');
    await page.fill("#glossary-term", "营");
    answer();
    await page.getByText("还没有词汇。").waitFor();
    await page.keyboard.press("End");
    await page.keyboard.type("收");
    assert.equal(await page.inputValue("#glossary-term"), "营收");
    await page.fill("#glossary-of", "销售额");
    await page.fill("#glossary-note", "财务的叫法");
    await page.keyboard.press("Enter");
    assert.match(await row("营收").textContent(), /列的别名.*销售额.*财务的叫法/);
    await page.fill("#glossary-term", "魔都");
    await page.selectOption("#glossary-kind", "value");
    await page.fill("#glossary-of", "上海");
    await page.fill("#glossary-column", "城市");
    await page.click("#view-glossary button[type=submit]");
    assert.match(await row("魔都").textContent(), /值的别名.*上海（城市）/);
    // What makes no sense is told, and what was typed stays.
    await page.fill("#glossary-term", "客单价");
    await page.selectOption("#glossary-kind", "metric");
    await page.fill("#glossary-of", "销售额 /");
    await page.keyboard.press("Enter");
    await page.locator("#view-glossary .problem").waitFor();
    assert.equal(await page.inputValue("#glossary-term"), "客单价");
    await page.fill("#glossary-of", "销售额 / 订单数");
    await page.keyboard.press("Enter");
    await row("客单价").waitFor();
    assert.equal(await page.locator("#view-glossary .problem").count(), 0);
    await shot(page, "16-glossary");
    await accessible(page, "glossary");
    await row("营收").getByRole("button", { name: "修改 营收" }).click();
    await page.fill("#glossary-of", "销售收入");
    await page.keyboard.press("Enter");
    await row("营收").filter({ hasText: "销售收入" }).waitFor();
    await row("魔都").getByRole("button", { name: "删除 魔都" }).click();
    await page.locator("#dialog[open] button.main").click();
    await row("魔都").waitFor({ state: "detached" });
    await page.setViewportSize({ width: 420, height: 800 });
    await page.click("#language");
    await shot(page, "17-glossary-narrow");
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await row("客单价").waitFor();
    assert.equal(await page.locator("#view-glossary tbody tr").count(), 2);
    await end(["Failed to load resource: the server responded with a status of 400 (Bad Request)"]);
  },

  async "a citation opens its page with the place framed"() {
    const { page, end } = await open();
    await upload(page, "手册.pdf", "x");
    const turn = await ask(page, "各地区的销售额？");
    await turn.getByRole("button", { name: "改为检索文档" }).click();
    const cited = page.locator(".turn").last();
    await cited.locator(".citations").waitFor();
    await shot(page, "4-citations");
    await cited.locator("sup .cite").first().click();
    await page.waitForFunction(() => document.querySelector(".page-image")?.naturalWidth > 0);
    surrounds(await framed(page, await part(cited, "citations/1.svg")), [{ left: 0.095, top: 0.15, width: 0.68, height: 0.034 }]);
    await shot(page, "5-page");
    await accessible(page, "page");
    await end();
  },

  async "what files and models say is shown as text"() {
    const { page, end } = await open({ locale: "en-GB" });
    const name = "<img src=x onerror=window.hit=0>.csv";
    await upload(page, name);
    const turn = await ask(page, "attack <b>bold</b>");
    await turn.locator("td").first().waitFor();
    assert.equal(await turn.locator("td").first().textContent(), "<img src=x onerror=window.hit=5>");
    await turn.locator(".trail-button").click();
    await page.locator(".drawer .part").first().waitFor();
    await shot(page, "6-hostile");
    await page.keyboard.press("Escape");
    await page.click('a[data-view="files"]');
    await page.locator("th", { hasText: name }).waitFor();
    assert.equal(await page.evaluate(() => window.hit), undefined);
    await end();
  },

  async "a reload keeps the conversation, and a second tab has it too"() {
    const { context, page, end } = await open();
    await upload(page, "a.csv");
    await ask(page, "2024年3月华东的销售额是多少？");
    await page.reload();
    await page.locator(".turn .card .value-number").waitFor();
    const other = await context.newPage();
    await other.goto(address);
    await other.locator(".turn .card .value-number").waitFor();
    await ask(page, "各地区的销售额？");
    await other.locator(".turn").nth(1).locator(".card").waitFor();
    await end();
  },

  async "an image that is pasted is attached to the question"() {
    const { page, end } = await open();
    await page.focus("#question");
    await page.evaluate(() => {
      const bytes = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "image.png", { type: "image/png" }));
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.locator(".pill:not(.busy)").waitFor();
    const turn = await ask(page, "各地区的销售额？");
    await turn.locator(".asked-image", { hasText: "pasted-" }).waitFor();
    await end();
  },

  async "the detector shows what each sentence adds"() {
    const { page, end } = await open();
    await page.click('a[data-view="detector"]');
    await page.fill("#detect-text", "此外，机场的服务正在变得更加智能。我昨天误了航班，气死了。综上所述，未来可期。行李转盘在左边。谢谢！");
    await page.getByRole("button", { name: "检测", exact: true }).click();
    await page.locator(".heat .sentence.up4").first().waitFor();
    assert.match(await page.locator(".heat .sentence.up4").first().textContent(), /此外/);
    await shot(page, "7-detector");
    await accessible(page, "detector");
    await end();
  },

  async "voice warns before sound leaves the house, and writes what is said"() {
    const { page, end } = await open({}, () => {
      globalThis.SpeechRecognition = globalThis.webkitSpeechRecognition = class {
        start() { setTimeout(() => { this.onresult({ results: [[{ transcript: "各地区的销售额" }]] }); this.onend(); }, 0); }
        stop() {}
      };
    }, { transcription: false });
    await page.click("#voice");
    await page.locator("#dialog[open]", { hasText: "浏览器厂商" }).waitFor();
    assert.equal(await page.inputValue("#question"), "");
    await shot(page, "8-voice");
    await accessible(page, "voice");
    await page.getByRole("button", { name: "我了解，仍然使用" }).click();
    await page.waitForFunction(() => document.querySelector("#question").value === "各地区的销售额");
    await end();
  },

  async "where the server transcribes, speech is recorded and goes there alone"() {
    const { page, end } = await open({}, () => {
      // The browser's own recognition must stay out of it.
      globalThis.SpeechRecognition = globalThis.webkitSpeechRecognition = class { start() { throw new Error("it was asked"); } };
      navigator.mediaDevices.getUserMedia = async () => ({ getTracks: () => [{ stop() { globalThis.released = true; } }] });
      globalThis.MediaRecorder = class extends EventTarget {
        mimeType = "audio/webm;codecs=opus";
        start() { globalThis.recording = true; }
        stop() {
          this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob(["so", "und"]) }));
          this.dispatchEvent(new Event("stop"));
        }
      };
    });
    await page.fill("#question", "请问");
    await page.click("#voice");
    await page.locator('#voice[aria-pressed="true"]').waitFor();
    assert.equal(await page.locator(".voice-state").textContent(), "正在录音……再按一次停止");
    assert.equal(await page.locator("#dialog[open]").count(), 0);
    await shot(page, "16-recording");
    await accessible(page, "recording");
    const [request] = await Promise.all([page.waitForRequest("**/v1/audio/transcriptions"), page.click("#voice")]);
    assert.match(request.headers()["content-type"], /^multipart\/form-data/);
    await page.waitForFunction(() => document.querySelector("#question").value === "请问 各地区的销售额？");
    assert.equal(await page.evaluate(() => globalThis.released), true);
    assert.equal(await page.locator(".voice-state").textContent(), "");
    await end();
  },

  async "a microphone that may not be used is told of, and no button where voice is forbidden"() {
    const refused = await open({}, () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    });
    await refused.page.click("#voice");
    await refused.page.locator(".voice-state", { hasText: "Permission denied" }).waitFor();
    await refused.end();
    const forbidden = await open({}, () => { globalThis.SpeechRecognition = class {}; }, { transcription: false, voice: false });
    assert.equal(await forbidden.page.locator("#voice").count(), 0);
    await forbidden.end();
  },

  async "dark, English, narrow, and right or wrong"() {
    const { page, end } = await open({ colorScheme: "dark", locale: "en-GB" });
    await upload(page, "a.csv");
    const turn = await ask(page, "各地区的销售额？");
    await turn.getByRole("button", { name: "Right", exact: true }).click();
    await turn.locator('[aria-pressed="true"]').waitFor();
    await shot(page, "9-dark");
    await accessible(page, "dark");
    await page.setViewportSize({ width: 420, height: 800 });
    await shot(page, "10-narrow");
    await accessible(page, "narrow");
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.click('a[data-view="files"]');
    await shot(page, "11-files");
    await accessible(page, "files");
    await page.goto(`${address}/api/docs`);
    await page.locator(".operation").first().waitFor();
    await shot(page, "12-docs");
    await accessible(page, "docs");
    await end();
  },

  async "the keyboard alone is enough"() {
    const { page, end } = await open();
    await upload(page, "a.csv");
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("/");
    await page.keyboard.type("2024年3月华东的销售额是多少？");
    await page.keyboard.press("Enter");
    const trail = page.locator(".trail-button");
    await trail.waitFor();
    await trail.focus();
    await page.keyboard.press("Enter");
    await page.locator(".drawer[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".drawer[open]").waitFor({ state: "detached" });
    await end();
  },
});
