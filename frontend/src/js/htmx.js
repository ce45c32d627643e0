// htmx under a strict policy: its settings stand in <meta name="htmx-config"> (no eval, no inline styles).
import htmx from "htmx.org";
import { csrf, each, toast, words } from "./dom.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
});

// A page that was asked for as a whole is shown as a whole, errors too.
document.addEventListener("htmx:beforeSwap", (event) => {
  const html = (event.detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  if (event.detail.boosted && html && event.detail.xhr.status >= 400) event.detail.shouldSwap = true;
});
// A page that came without the browser's own loading is announced as one: the focus goes to its start.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.boosted && (document.activeElement ?? document.body) === document.body) {
    document.getElementById("main")?.focus({ preventScroll: true });
  }
});
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.boosted) toast(words("failed"));
});
document.addEventListener("htmx:sendError", () => toast(words("offline")));

const leadsAway = (form) => new URL(form.action, location.href).pathname !== location.pathname;

// Results as one types. The form is an ordinary GET form; the server answers with the whole page.
each("form[data-instant]", (form) => {
  const target = form.dataset.instantTarget;
  if (!target || !document.querySelector(target)) return;
  form.setAttribute("hx-get", form.getAttribute("action") || location.pathname);
  // A form that leads to another page shows results while one types and goes there when sent. Not on change: that comes
  // as one presses a result, and results that are put anew under the pointer take the click away.
  form.setAttribute("hx-trigger", `input delay:250ms${leadsAway(form) ? "" : ", submit"}`);
  form.setAttribute("hx-target", target);
  form.setAttribute("hx-select", target);
  form.setAttribute("hx-swap", "outerHTML");
  form.setAttribute("hx-sync", "this:replace");
  form.setAttribute("hx-push-url", "false");
  htmx.process(form);
});

// While a result is pressed the results stay as they are; what was asked for meanwhile is dropped with its answer.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
for (const name of ["click", "pointercancel", "dragend"]) document.addEventListener(name, () => { pressed = null; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const instant = event.detail.requestConfig?.elt?.matches?.("[data-instant]");
  if (instant && pressed && event.detail.target.contains(pressed)) event.detail.shouldSwap = false;
});

// What was searched for stays out of the history until it is sent; the address follows the last answer.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form instanceof HTMLFormElement && form.matches("[data-instant]") && event.detail.successful && !leadsAway(form)) {
    history.replaceState(history.state, "", `?${new URLSearchParams(new FormData(form))}`);
  }
});

export { htmx };
