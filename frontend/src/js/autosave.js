// Drafts save themselves some seconds after a change and tell when. Files are sent with the page, not here.
import { csrf, each } from "./dom.js";

const PAUSE = 3000;
const RETRY = 15000;

each("form[data-autosave-url]", (form) => {
  const state = form.querySelector("[data-autosave-state]") ?? document.querySelector("[data-autosave-state]");
  let timer = 0;
  let pending = false;
  let leaving = false;

  const say = (kind, time = "") => {
    if (!state) return;
    state.classList.toggle("mc-saved--failed", kind === "failed");
    const line = (state.dataset[kind] ?? "").replace("%(time)s", time);
    if (state.textContent !== line) state.textContent = line;
  };

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    return data;
  };

  async function save() {
    clearTimeout(timer);
    if (leaving) return;
    pending = false;
    say("saving");
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: body(),
        headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", Accept: "application/json" },
      });
      const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      if (!answer.ok && told.error) {
        // Something to mend on the page, not on the line: the next change tries again.
        say("failed");
        if (state) state.textContent = told.error;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      if (told.revision !== undefined) {
        for (const input of document.querySelectorAll("input[name=revision]")) input.value = told.revision;
      }
      const now = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit" }).format(new Date());
      say("saved", told.saved_at ?? now);
      document.dispatchEvent(new CustomEvent("mc:saved"));
    } catch {
      pending = true;
      say("failed");
      timer = setTimeout(save, RETRY);
    }
  }

  const later = () => {
    pending = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("online", () => pending && save());
  // The last words typed before leaving go out even while the page is closing.
  window.addEventListener("pagehide", () => {
    if (pending && !leaving) navigator.sendBeacon(form.dataset.autosaveUrl, body());
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
});
