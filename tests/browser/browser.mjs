// A real browser, and what the tests of the page do with it. Arguments of each: the gateway's address, and a folder for screenshots.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const require = createRequire(join(process.env.CONTRAIL_BROWSER_TESTS, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const [address, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A new browser profile; whatever the page logs as an error, refuses by its policy or fetches from elsewhere fails the test.
 * `script` runs before the page does, `config` takes the place of what the gateway says of itself. */
export async function open(options = {}, script = undefined, config = undefined) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "zh-CN", reducedMotion: "reduce", ...options });
  if (script) await context.addInitScript(script);
  if (config) {
    await context.route("**/api/config", async (route) => route.fulfill({ json: { ...await (await route.fetch()).json(), ...config } }));
  }
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => { if (message.type() === "error" && !/status of (404|409)|ERR_CONNECTION_RESET/.test(message.text())) faults.push(message.text()); });
  page.on("request", (request) => { if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(address)) faults.push(`foreign: ${request.url()}`); });
  const response = await page.goto(address);
  await page.waitForSelector("html[data-ready]");
  return { context, page, response, end: async (expected = []) => { assert.deepEqual(faults, expected); await context.close(); } };
}

export const shot = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });

/** Gives files to the page, and the progress that its bars show until the first is indexed: numbers of 0 to 100. */
export async function upload(page, name, content = "日期,地区,销售额\n2024-03-01,华东,12.5\n", patience = 30_000) {
  await page.evaluate(() => {
    globalThis.bars = [];
    const look = () => {
      for (const bar of document.querySelectorAll(".uploads [role=progressbar]")) {
        globalThis.bars.push({ name: bar.getAttribute("aria-label"), now: Number(bar.getAttribute("aria-valuenow")), width: bar.firstElementChild.style.width });
      }
    };
    globalThis.watching?.disconnect();
    globalThis.watching = new MutationObserver(look);
    globalThis.watching.observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  await page.locator("#scope input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  // The whole name: the file that the harness seeds is named by a random id, which may end like it.
  await page.locator(".scope-file.indexed").filter({ has: page.getByText(name, { exact: true }) }).waitFor({ timeout: patience });
  const bars = (await page.evaluate(() => globalThis.bars)).filter((bar) => bar.name === name);
  for (const bar of bars) assert.equal(bar.width, `${bar.now}%`);
  return bars.map((bar) => bar.now);
}

export async function ask(page, question) {
  const before = await page.locator(".turn").count();
  await page.fill("#question", question);
  await page.keyboard.press("Enter");
  const turn = page.locator(".turn").nth(before);
  await turn.locator(".card, .problem").waitFor({ timeout: 60_000 });
  return turn;
}

/** No serious fault of accessibility. */
export async function accessible(page, where) {
  // The test's own script comes by the browser's debugging interface, which no policy of a page concerns.
  await page.evaluate(`${axe};0`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(told, []);
}

/** A part of the answer that is shown, or without a name all of it, as text. */
export async function part(turn, name = "") {
  const id = await turn.locator(".card").getAttribute("data-answer");
  return (await fetch(`${address}/api/answers/${id}${name && `/${name}`}`)).text();
}

/** The labels of a chart. Each letter in the chart's font looks other than a letter that no font has: they are no empty boxes. */
export async function labels(page, svg) {
  const found = [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, label]) => label.trim());
  const font = svg.match(/font-family="([^"]+)"/)?.[1] ?? "sans-serif";
  const letters = [...new Set(found.join("").match(/\p{Script=Han}/gu) ?? [])];
  const boxes = await page.evaluate(([letters, font]) => {
    const drawn = (letter) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
      const pen = canvas.getContext("2d");
      pen.font = `30px ${font}`;
      pen.fillText(letter, 2, 32);
      return canvas.toDataURL();
    };
    const nothing = drawn("\u{10fffd}");
    return letters.filter((letter) => drawn(letter) === nothing);
  }, [letters, font]);
  assert.deepEqual(boxes, []);
  return found;
}

/** Where the page that is shown differs from its own image: the bounds of what frames the cited place, 0 to 1. */
export async function framed(page, svg) {
  // The page's policy lets nobody parse markup in it.
  const [, image] = svg.match(/<image [^>]*href="([^"]+)"/);
  return page.evaluate(async (image) => {
    const plain = new Image();
    plain.src = image;
    await plain.decode();
    const shown = document.querySelector(".page-image");
    const [width, height] = [500, Math.round((500 * shown.naturalHeight) / shown.naturalWidth)];
    const pixels = (image) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0, width, height);
      return pen.getImageData(0, 0, width, height).data;
    };
    const [framed, bare] = [pixels(shown), pixels(plain)];
    const bounds = { left: 1, top: 1, right: 0, bottom: 0 };
    for (let at = 0; at < framed.length; at += 4) {
      if (![0, 1, 2].some((channel) => Math.abs(framed[at + channel] - bare[at + channel]) > 30)) continue;
      const [x, y] = [((at / 4) % width) / width, Math.floor(at / 4 / width) / height];
      bounds.left = Math.min(bounds.left, x);
      bounds.right = Math.max(bounds.right, x);
      bounds.top = Math.min(bounds.top, y);
      bounds.bottom = Math.max(bounds.bottom, y);
    }
    return bounds;
  }, image);
}

/** The bounds lie where the citation says, but for the frame's own line and the space that it leaves. */
export function surrounds(bounds, areas) {
  const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 0.02, `${JSON.stringify(bounds)} for ${JSON.stringify(areas)}`);
  near(bounds.left, Math.min(...areas.map((area) => area.left)));
  near(bounds.top, Math.min(...areas.map((area) => area.top)));
  near(bounds.right, Math.max(...areas.map((area) => area.left + area.width)));
  near(bounds.bottom, Math.max(...areas.map((area) => area.top + area.height)));
}

/** Runs tests one after the other, those whose name has ONLY in it where that is set, and ends with 1 when one failed. */
export async function run(tests) {
  const failed = [];
  for (const [name, test] of Object.entries(tests)) {
    if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
    try {
      await test();
      console.log(`ok: ${name}`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED: ${name}\n${error.stack}`);
      const [page] = browser.contexts().flatMap((context) => context.pages()).slice(-1);
      await page?.screenshot({ path: join(folder, "failed.png") }).catch(() => {});
    }
    for (const context of browser.contexts()) await context.close();
  }
  await browser.close();
  process.exit(failed.length ? 1 : 0);
}
