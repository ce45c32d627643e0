// The forms designer: questions are dragged to their place (the buttons do the same), the preview follows what is kept.
import { csrf, each } from "./dom.js";

each("[data-designer-frame]", (frame) => {
  document.addEventListener("mc:saved", () => {
    frame.contentWindow?.location.reload();
  });
});

each("[data-designer-url]", (root) => {
  const items = [...root.querySelectorAll("[data-place]")];
  let dragged = null;

  const above = (place) => place.split(".").slice(0, -1).join(".");
  const sameKind = (item) => {
    const [from, to] = [dragged.dataset.place, item.dataset.place];
    if (from.split(".").length !== to.split(".").length) return false;
    return from.split(".").length === 2 || above(from) === above(to);
  };

  async function put(to) {
    const body = new URLSearchParams({ move: dragged.dataset.place, to, revision: root.dataset.designerRevision });
    const answer = await fetch(root.dataset.designerUrl, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
    });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok && told.place) window.location.hash = `part-${told.place}`;
    window.location.reload();
  }

  for (const item of items) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.place);
    });
    item.addEventListener("dragend", () => {
      dragged = null;
      items.forEach((one) => one.classList.remove("mc-designer__item--before", "mc-designer__item--after"));
    });
    item.addEventListener("dragover", (event) => {
      if (!dragged || dragged === item || dragged.contains(item) || !sameKind(item)) return;
      event.preventDefault();
      event.stopPropagation();
      const box = item.getBoundingClientRect();
      const after = event.clientY > box.top + box.height / 2;
      item.classList.toggle("mc-designer__item--after", after);
      item.classList.toggle("mc-designer__item--before", !after);
    });
    item.addEventListener("dragleave", () => {
      item.classList.remove("mc-designer__item--before", "mc-designer__item--after");
    });
    item.addEventListener("drop", (event) => {
      if (!dragged || dragged === item || !sameKind(item)) return;
      event.preventDefault();
      event.stopPropagation();
      const parts = item.dataset.place.split(".").map(Number);
      if (item.classList.contains("mc-designer__item--after")) parts[parts.length - 1] += 1;
      put(parts.join("."));
    });
  }
});
