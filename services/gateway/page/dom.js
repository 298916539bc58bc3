// Elements from plain data. Every text becomes a text node: nothing of a file, a model or a server is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element: `class`, `text`, `on` (listeners), `data`, properties that exist, else attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [rule, set] of Object.entries(value)) node.style.setProperty(rule, set);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return put(node, ...children);
}

/** Appends children; strings become text nodes, empty ones are passed over. */
export function put(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child);
  }
  return node;
}

/** Replaces what an element holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, ...children);
}

export function byId(id) {
  return document.getElementById(id);
}

/** A button with a text. */
export function button(text, onClick, props = {}) {
  return el("button", { type: "button", text, on: { click: onClick }, ...props });
}

/** A small drawing from path data, hidden from screen readers. */
export function icon(path, size = 16) {
  const svg = document.createElementNS(SVG, "svg");
  const set = { viewBox: "0 0 16 16", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.5,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(set)) svg.setAttribute(name, String(value));
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Tells screen readers something that others see. */
export function say(text) {
  const place = byId("said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

/** Saves bytes under a name. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
