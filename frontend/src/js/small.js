// Copy, print, reload, dialogs, menus, the installed app.
import { each, near, toast } from "./dom.js";

document.addEventListener("click", async (event) => {
  const copy = near(event, "[data-copy]");
  if (copy) {
    const label = copy.querySelector("span") ?? copy;
    await navigator.clipboard.writeText(copy.dataset.copy);
    const before = label.textContent;
    label.textContent = copy.dataset.done ?? before;
    toast(copy.dataset.done);
    setTimeout(() => {
      label.textContent = before;
    }, 3000);
    return;
  }
  if (near(event, "[data-print]")) window.print();
  if (near(event, "[data-reload]")) {
    event.preventDefault();
    location.reload();
  }
  const opener = near(event, "[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  // A click beside a dialog closes it.
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

each("body[data-service-worker]", (body) => {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  window.addEventListener("load", () => {
    navigator.serviceWorker.register(body.dataset.serviceWorker, { scope: "/" }).catch(() => {
      // A page without the worker is a page with everything but the offline notice.
    });
  });
});
