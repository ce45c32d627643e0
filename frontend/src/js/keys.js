// One-key shortcuts of the desk. They rest while one types and can be switched off in the help (WCAG 2.2, 2.1.4).
import { each } from "./dom.js";

const SWITCH = "motcua-keys";
const GO_WAIT = 1200;
const handlers = [];
let going = 0;

/** Adds a handler `(key, event) => handled`. */
export const onKey = (handler) => handlers.push(handler);

const on = () => {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
};

const typing = (target) =>
  target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const shown = (element) => element.getClientRects().length > 0;

const KEY_NAMES = { Escape: "Esc" };

/** What an element with a key does, in the words of the page. */
function labelOf(element) {
  const named = element.getAttribute("aria-label") || element.querySelector(":scope > span:not(.mc-count)")?.textContent;
  if (named) return named.trim();
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, svg, .mc-count")) extra.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

/** Lists the keys that this page has now; keys of things that are not there are left out. */
function listKeys(dialog) {
  const list = dialog.querySelector("[data-page-keys]");
  if (!list) return;
  const known = new Set();
  list.replaceChildren();
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    const label = labelOf(element);
    const hidden = !shown(element) && !element.closest("[data-bulk-bar]");
    if (hidden || known.has(key) || !label) continue;
    known.add(key);
    const row = document.createElement("div");
    const term = row.appendChild(document.createElement("dt"));
    term.appendChild(document.createElement("kbd")).textContent = KEY_NAMES[key] ?? key;
    row.appendChild(document.createElement("dd")).textContent = label;
    list.append(row);
  }
  const title = dialog.querySelector("[data-page-keys-title]");
  if (title) title.hidden = !known.size;
  for (const row of dialog.querySelectorAll("[data-keys-when]")) {
    row.hidden = !document.querySelector(row.dataset.keysWhen);
  }
}

each("#mc-keys", (dialog) => {
  new MutationObserver(() => {
    if (dialog.open) listKeys(dialog);
  }).observe(dialog, { attributes: true, attributeFilter: ["open"] });
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (!on() || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key;

  if (going) {
    clearTimeout(going);
    going = 0;
    const link = document.querySelector(`a[data-go="${CSS.escape(key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  if (key === "g") {
    going = setTimeout(() => {
      going = 0;
    }, GO_WAIT);
    return;
  }
  if (key === "?") {
    event.preventDefault();
    document.getElementById("mc-keys")?.showModal();
    return;
  }
  if (key === "/") {
    const field = document.querySelector("[data-key-search]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
    return;
  }
  const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
  if (named) {
    event.preventDefault();
    named.focus();
    named.click();
    return;
  }
  for (const handler of handlers) {
    if (handler(key, event)) {
      event.preventDefault();
      return;
    }
  }
});

each("[data-keys-switch]", (box) => {
  box.checked = on();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    } catch {
      // Then the shortcuts stay on.
    }
  });
});
