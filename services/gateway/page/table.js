// A table of results: sorted by a click, saved as CSV.

import * as api from "./api.js";
import { button, el, fill, save } from "./dom.js";
import { t } from "./i18n.js";

const ROWS = 12;

/** A value as text: numbers without grouping, so that ids and years stay what they are, and with the 15 digits that a sum of
 * decimals keeps. */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(15)));
  return String(value);
}

/** A large number with thin spaces between its thousands. */
export function grouped(text) {
  const [whole, rest] = text.split(".");
  if (!/^-?\d{5,}$/.test(whole)) return text;
  const parted = whole.replace(/(\d)(?=(\d{3})+$)/g, "$1\u2009");
  return rest === undefined ? parted : `${parted}.${rest}`;
}

/** Missing values stand last, whichever way is up. */
function compare(a, b, down) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  return down ? -order : order;
}

/** `options`: `csv` is the path of the whole as CSV, `name` what it is saved as, `rows` how many are shown at first. */
export function resultTable(columns, rows, options = {}) {
  const node = el("div", { class: "result" });
  let sorted = [...rows];
  let by = -1;
  let down = false;
  let limit = options.rows ?? ROWS;
  const isNumber = columns.map((_, column) => rows.some((row) => typeof row[column] === "number"));

  const sort = (column) => {
    down = by === column ? !down : isNumber[column];
    by = column;
    sorted = [...rows].sort((a, b) => compare(a[column], b[column], down));
    draw();
    node.querySelectorAll("thead button")[column]?.focus();
  };

  function draw() {
    const heads = columns.map((name, column) => el("th", { scope: "col", class: isNumber[column] ? "number" : "",
      "aria-sort": by === column ? (down ? "descending" : "ascending") : "none" },
      button(name, () => sort(column), { class: "sort", title: t("sortBy", { name }) }),
      by === column && el("span", { class: "sort-sign", "aria-hidden": "true", text: down ? " ↓" : " ↑" })));
    const body = sorted.slice(0, limit).map((row) => el("tr", {},
      row.map((value, column) => el("td", { class: isNumber[column] ? "number" : "", text: shown(value) }))));
    fill(node,
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("resultTable") },
        el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, body))),
      el("div", { class: "result-foot" },
        el("span", { class: "faint small", text: t("rowsN", { n: rows.length }) }),
        rows.length > limit && button(t("more"), () => { limit = rows.length; draw(); }, { class: "quiet small" }),
        el("span", { class: "grow" }),
        options.csv && button(t("csv"), () => download(options), { class: "quiet small" })));
  }
  draw();
  return node;
}

async function download({ csv, name }) {
  save(await api.blob(csv), `${(name ?? "result").slice(0, 60).replace(/[\\/:*?"<>|]/g, " ")}.csv`);
}
