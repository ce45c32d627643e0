// Sending a form once, and taking the eye to what is wrong.
import { each } from "./dom.js";

const sent = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method === "dialog" || !(form.matches("[data-once]") || button?.matches("[data-once]"))) return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.add(form);
    // Not `disabled`: a disabled button would not send its name and value.
    button?.setAttribute("aria-disabled", "true");
  },
  true,
);

function again(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
}

// The page may come back from the browser's cache, or an answer may have replaced only a part of it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) again(form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) again(form);
});

each("[data-error-summary]", (box) => {
  box.focus({ preventScroll: false });
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("fieldset, div, p") ? (target.querySelector("input, select, textarea") ?? target) : target;
    const label = target.matches("fieldset")
      ? target.querySelector("legend")
      : document.querySelector(`label[for="${CSS.escape(target.id)}"]`);
    (label ?? target).scrollIntoView();
    control.focus({ preventScroll: true });
  });
});
