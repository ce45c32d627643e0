// A scanner types a code and Enter, again and again: each code is taken at once, they are sent one after another.
import { csrf, each, toast, wireNew, words } from "./dom.js";

each("form[data-pile]", (form) => {
  const field = form.querySelector("input[name=code]");
  if (!field) return;
  const waiting = [];
  let busy = false;
  field.focus(); // a browser sets autofocus when it paints, a scanner may begin before

  async function send(code) {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
      body: new URLSearchParams({ code }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(form.dataset.pile);
    const old = document.querySelector(form.dataset.pile);
    if (fresh && old) {
      old.replaceWith(fresh);
      wireNew(fresh);
    }
  }

  async function work() {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const code = waiting.shift();
      try {
        await send(code);
      } catch {
        toast(`${code}: ${words("failed")}`);
      }
    }
    busy = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim();
    field.value = "";
    field.focus();
    if (!code) return;
    waiting.push(code);
    work();
  });
});
