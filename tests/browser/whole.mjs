// The page in a real browser, with every service behind it: files are read, questions answered and texts judged by what users have.
// Arguments: the gateway's address, a folder for screenshots, and the folder of the sample documents.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";

import { accessible, ask, framed, labels, open, part, run, shot, surrounds, upload } from "./browser.mjs";

const documents = process.argv[4];

const regions = ["华东", "华南", "华北", "西南"];
/** Sales of two months, day by day: enough to be summed up. */
const sales = [3, 4].flatMap((month) => regions.flatMap((region, number) =>
  Array.from({ length: 12 }, (_, day) => ({ month, region, day: day + 1, amount: 1000 * month + 137.25 * day * (number + 1) }))));
const csv = ["日期,地区,销售额（元）", ...sales.map(({ month, region, day, amount }) => `2024-0${month}-${String(day).padStart(2, "0")},${region},${amount}`)].join("\n");
const sum = (month, region) => sales.filter((row) => row.month === month && row.region === region).reduce((all, row) => all + row.amount, 0);

const text = "昨天晚上我在候机厅等了四个多小时，广播一直说跑道上有雾。旁边一位大爷把自己带的橘子分给大家，说反正也走不了。"
  + "小孩子们在地毯上追来追去，有个妈妈喊得嗓子都哑了。快到十二点的时候终于开始登机，队伍里突然有人鼓起掌来。"
  + "我上了飞机就睡着了，连发餐都不知道。到家已经是凌晨四点，我妈还给我留着一碗面。";

/** The one number of an answer. */
const value = async (turn) => Number((await turn.locator(".value-number").textContent()).replaceAll(/[^\d.]/g, ""));

await run({
  async "a table: a number that is right, another chip, a chart"() {
    const { page, end } = await open();
    const progress = await upload(page, "销售 2024.csv", `${csv}\n`);
    assert.ok(progress.length > 0);
    const turn = await ask(page, "2024年3月华东的销售额是多少？");
    assert.equal(await value(turn), sum(3, "华东"));
    assert.match(await turn.locator(".badge").textContent(), /已核验/);
    await turn.locator(".trail-button").click();
    await page.locator(".drawer .funnel li").nth(1).waitFor();
    await shot(page, "whole-1-trail");
    await accessible(page, "trail");
    for (const engine of ["plan", "sql"]) await page.locator(".waterfall tr[data-service=codegen-executor]", { hasText: `沙箱计算：${engine}` }).first().waitFor();
    await page.locator(".waterfall").scrollIntoViewIfNeeded();
    await shot(page, "whole-6-trace");
    await page.keyboard.press("Escape");
    await turn.locator(".chip", { hasText: "华东" }).click();
    await page.fill(".chip-input", "华南");
    await page.keyboard.press("Enter");
    const again = page.locator(".turn").nth(1);
    await again.locator(".card").waitFor({ timeout: 60_000 });
    assert.equal(await value(again), sum(3, "华南"));
    const grouped = await ask(page, "各地区的销售额？");
    const told = await labels(page, await part(grouped, "chart.svg"));
    for (const region of regions) assert.ok(told.includes(region), `${told}`);
    await grouped.locator("img.chart").waitFor();
    await page.waitForFunction(() => document.querySelector("img.chart").naturalWidth > 0);
    await shot(page, "whole-2-chart");
    await page.click('a[data-view="glossary"]');
    // The columns that there are are offered.
    const column = page.locator('#glossary-columns option[value^="销售额"]');
    await column.waitFor({ state: "attached" });
    await page.fill("#glossary-term", "进账");
    await page.fill("#glossary-of", await column.getAttribute("value"));
    await page.keyboard.press("Enter");
    await page.locator("#view-glossary tbody th", { hasText: "进账" }).waitFor();
    await page.click('a[data-view="chat"]');
    assert.equal(await value(await ask(page, "2024年4月华北的进账是多少？")), sum(4, "华北"));
    await end();
  },

  async "a document: its page with the place framed"() {
    const { page, end } = await open();
    const name = "handbook-zh.pdf";
    const progress = await upload(page, name, readFileSync(join(documents, name)), 400_000);
    assert.ok(new Set(progress).size > 2, `${progress}`);
    const turn = await ask(page, "YL-SEC-07对随身携带的瓶子容量有什么规定？");
    assert.match(await turn.locator(".card").textContent(), /单瓶容量不超过\s*100\s*毫升/);
    await turn.locator("sup .cite").first().click();
    await page.waitForFunction(() => document.querySelector(".page-image")?.naturalWidth > 0);
    const [citation] = JSON.parse(await part(turn)).citations;
    assert.equal(citation.place.page, 6);
    surrounds(await framed(page, await part(turn, "citations/1.svg")), citation.place.areas);
    await shot(page, "whole-3-page");
    await end();
  },

  async "a text: what each sentence adds"() {
    const { page, end } = await open();
    await page.click('a[data-view="detector"]');
    await page.fill("#detect-text", text);
    await page.getByRole("button", { name: "检测", exact: true }).click();
    await page.locator(".heat .sentence").nth(2).waitFor({ timeout: 60_000 });
    const heat = (await page.locator(".heat").textContent()).replaceAll(/\s/g, "");
    assert.equal(heat, text.replaceAll(/\s/g, ""));
    await shot(page, "whole-4-detector");
    // The handbook, which was added before.
    await page.selectOption("#detect-file", { label: "handbook-zh.pdf" });
    assert.ok(await page.locator("#detect-text").isDisabled());
    await page.getByRole("button", { name: "检测", exact: true }).click();
    await page.locator(".heat .sentence", { hasText: "时间采用24小时制" }).first().waitFor({ timeout: 60_000 });
    await shot(page, "whole-7-document");
    await end();
  },

  async "what tables can't say and documents don't is refused"() {
    const { page, end } = await open();
    const turn = await ask(page, "谁赢得了1998年的足球决赛？");
    await turn.locator(".card").waitFor();
    assert.equal(await turn.locator(".value-number").count(), 0);
    await shot(page, "whole-5-refused");
    await end();
  },
});
