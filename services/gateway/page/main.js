// Puts the page together: which view is shown, in which language and light.

import * as api from "./api.js";
import { openAnswer } from "./answer.js";
import { startChat } from "./chat.js";
import { offerFiles, startDetector } from "./detector.js";
import { byId, fill, el } from "./dom.js";
import { startFiles } from "./files.js";
import { lookAtGlossary, startGlossary } from "./glossary.js";
import { apply, current, setLanguage, t, whenLanguageChanges } from "./i18n.js";
import { askForKey } from "./key.js";
import { load, keep } from "./store.js";

const VIEWS = ["chat", "files", "glossary", "detector", "answer"];

function show(view) {
  for (const name of VIEWS) byId(`view-${name}`).hidden = name !== view;
  for (const link of document.querySelectorAll("nav.tabs a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function route() {
  const [, view = "chat", id] = location.hash.split("/");
  if (view === "answers" && id) {
    show("answer");
    openAnswer(byId("view-answer"), id);
  } else {
    show(VIEWS.includes(view) ? view : "chat");
    if (view === "detector") offerFiles();
    if (view === "glossary") lookAtGlossary();
  }
}

function light(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function switchLight() {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = isDark ? "light" : "dark";
  keep("theme", theme);
  light(theme);
}

function nameLanguage() {
  const other = current() === "zh" ? "en" : "zh";
  const button = byId("language");
  button.textContent = other === "zh" ? "中文" : "English";
  button.lang = other;
}

async function start() {
  light(load("theme"));
  apply();
  nameLanguage();
  whenLanguageChanges(nameLanguage);
  byId("theme").addEventListener("click", switchLight);
  byId("language").addEventListener("click", () => setLanguage(current() === "zh" ? "en" : "zh"));
  addEventListener("hashchange", route);
  api.whenUnauthorized(askForKey);

  let config = { voice: false, keys: false };
  try {
    config = await api.config();
  } catch {
    fill(byId("link-state"), el("span", { text: t("unreachable") }));
  }
  byId("key").hidden = !config.keys;
  byId("key").addEventListener("click", askForKey);
  startFiles(config);
  startChat(config);
  startGlossary();
  startDetector();
  route();
  document.documentElement.dataset.ready = "yes";
}

start();
