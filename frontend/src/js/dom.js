// Small helpers every module uses.

const wired = new WeakMap();

function wire(root) {
  for (const [selector, start] of starters) {
    const found = [...root.querySelectorAll(selector)];
    if (root instanceof Element && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      const done = wired.get(element) ?? new Set();
      if (done.has(start)) continue;
      done.add(start);
      wired.set(element, done);
      start(element);
    }
  }
}

const starters = [];

/** Runs `start(element)` once for each element of the selector, now and whenever content is swapped in. */
export function each(selector, start) {
  starters.push([selector, start]);
}

/** Called once, when all modules have said what they look after. */
export function begin() {
  const go = () => {
    wire(document);
    document.addEventListener("htmx:load", (event) => wire(event.detail.elt));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", go);
  else go();
}

/** Wires an element that a module itself has added. */
export const wireNew = (element) => wire(element);

/** The nearest element of the selector around an event's target, or null. */
export const near = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

export const csrf = () => document.body.dataset.csrf ?? "";

/** Words of the page in its language: `<body data-words-…>`. */
export const words = (name) => document.body.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`] ?? "";

/** A short message that goes away by itself; it is read out too. */
export function toast(text) {
  const place = document.querySelector("[data-toasts]");
  if (!place || !text) return;
  const line = document.createElement("p");
  line.className = "mc-toast";
  line.textContent = text;
  place.append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Storage that may be forbidden (private windows): then nothing is kept. */
export const memory = {
  get(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // Nothing depends on it.
    }
  },
};
