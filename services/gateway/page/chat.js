// The conversation: questions, what is being done, answers. Kept over a reload as questions with the ids of their answers.

import * as api from "./api.js";
import { card } from "./answer.js";
import { startComposer } from "./composer.js";
import { button, byId, el, fill, put, say } from "./dom.js";
import { chosenFiles, hasFiles } from "./files.js";
import { t, whenLanguageChanges } from "./i18n.js";
import { keep, load, uuid, watch } from "./store.js";

const HISTORY = 20;
const KEPT = 200;
const EXAMPLES = {
  en: ["Total sales by region", "Top 5 products by sales in 2024", "Which terminal does flight CA1234 leave from?"],
  zh: ["各地区的销售额是多少？", "2024年销售额前5名的产品", "CA1234航班在哪个航站楼出发？"],
};

let conversation = load("conversation") ?? fresh();
const running = new Map();

function fresh() {
  return { id: uuid(), turns: [] };
}

export function startChat(config) {
  startComposer(byId("composer"), config, send);
  byId("fresh").addEventListener("click", startOver);
  draw();
  whenLanguageChanges(draw);
  addEventListener("contrail-files", () => { if (conversation.turns.length === 0) draw(); });
  watch("conversation", (other) => {
    if (!other) return;
    conversation = other;
    draw();
  });
}

function store() {
  conversation.turns = conversation.turns.slice(-KEPT);
  keep("conversation", conversation);
}

/** Asks a question; `more`: files of it alone, names of its images, the kind of answer wanted. */
export function send(question, more = {}) {
  const files = [...(more.files ?? []), ...(more.files?.length ? [] : chosenFiles())];
  const turn = { id: uuid(), question, files, only: more.only, images: more.images ?? [], corrects: more.corrects, asked: false };
  conversation.turns.push(turn);
  store();
  drawTurn(turn, true);
  location.hash = "#/chat";
}

function startOver() {
  for (const stop of running.values()) stop.abort();
  conversation = fresh();
  store();
  draw();
  byId("question").focus();
}

function draw() {
  const place = byId("turns");
  fill(place);
  byId("fresh").hidden = true;
  if (conversation.turns.length === 0) put(place, welcome());
  else for (const turn of conversation.turns) drawTurn(turn, false);
  place.scrollTop = place.scrollHeight;
}

function welcome() {
  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  return el("div", { class: "welcome" },
    el("h1", { text: t("hello") }),
    el("p", { text: t("helloText") }),
    !hasFiles() && el("p", { class: "faint", text: t("addFirst") }),
    el("div", { class: "examples" }, EXAMPLES[language].map((text) => button(text, () => {
      const box = byId("question");
      box.value = text;
      box.focus();
    }))));
}

function drawTurn(turn, isNew) {
  const place = byId("turns");
  if (isNew) {
    place.querySelector(".welcome")?.remove();
  }
  byId("fresh").hidden = false;
  const body = el("div", { class: "reply" });
  const node = el("article", { class: "turn", data: { turn: turn.id }, "aria-label": turn.question },
    el("div", { class: "asked" },
      turn.images.map((name) => el("span", { class: "asked-image", text: name })),
      el("p", { text: turn.question })),
    body);
  put(place, node);
  if (isNew) node.scrollIntoView({ block: "end", behavior: "smooth" });
  answerInto(turn, body, isNew);
}

async function answerInto(turn, body, isNew) {
  running.get(turn.id)?.abort();
  const stop = new AbortController();
  running.set(turn.id, stop);
  try {
    const before = turn.asked ? await api.answer(turn.id) : undefined;
    const answer = before ?? await ask(turn, body, stop.signal);
    fill(body, card(answer, { send, history: true, corrects: turn.corrects }));
    if (isNew) {
      say(answer.text);
      body.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
  } catch (error) {
    const text = stop.signal.aborted ? t("stopped") : error.status === 404 ? t("goneAnswer") : error.message;
    fill(body, el("div", { class: "problem", role: "alert" },
      el("span", { text }),
      button(t("again"), () => {
        if (!stop.signal.aborted) Object.assign(turn, { id: uuid(), asked: false });
        fill(body);
        answerInto(turn, body, true);
      }, { class: "quiet small" })));
  } finally {
    if (running.get(turn.id) === stop) running.delete(turn.id);
  }
}

/** Sends a question that was not sent yet, and follows it. */
async function ask(turn, body, signal) {
  const stages = el("ol", { class: "stages" });
  fill(body, el("div", { class: "working", role: "status" },
    el("span", { class: "pulse" }), stages, button(t("stop"), () => running.get(turn.id)?.abort(), { class: "quiet small" })));
  const tell = (text) => {
    if (stages.lastElementChild?.firstChild?.textContent === text) return;
    put(stages, el("li", {}, el("span", { text })));
    byId("turns").scrollTop = byId("turns").scrollHeight;
  };
  if (!turn.asked) {
    const at = conversation.turns.indexOf(turn);
    const earlier = conversation.turns.slice(0, Math.max(at, 0)).map((other) => other.question);
    const job = { question: turn.question, conversation: conversation.id, history: earlier.slice(-HISTORY) };
    if (turn.files.length) job.files = turn.files;
    if (turn.only) job.only = turn.only;
    await api.ask(job, turn.id);
    turn.asked = true;
    store();
  }
  tell(t("waiting"));
  await api.follow(turn.id, (report) => {
    if (report.state.is === "running") {
      tell(report.total > 0 ? `${report.stage} (${report.done}/${report.total})` : report.stage);
    }
  }, signal);
  const answer = await api.answer(turn.id);
  if (!answer) throw new api.Problem(404, { detail: t("goneAnswer") });
  return answer;
}
