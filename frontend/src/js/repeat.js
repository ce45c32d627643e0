// Repeated groups: rows are added and removed in the page; without JavaScript the same buttons ask the server.

import { each, near, wireNew } from "./dom.js";

const MARK = /__index__/g;

each("[data-repeat]", (group) => {
  const template = group.querySelector("template[data-repeat-template]");
  const items = group.querySelector("[data-repeat-items]") ?? group;
  const add = group.querySelector("[data-repeat-add]");
  if (!template || !add) return;
  const most = Number(group.dataset.repeatMax) || Infinity;
  const rows = () => items.querySelectorAll(":scope > [data-repeat-item]");
  let next = Number(group.dataset.repeatNext) || rows().length;

  const changed = () => {
    add.hidden = rows().length >= most;
    group.dispatchEvent(new Event("motcua:rows", { bubbles: true }));
    group.dispatchEvent(new Event("change", { bubbles: true }));
  };

  group.addEventListener("click", (event) => {
    const button = near(event, "[data-repeat-add], [data-repeat-remove]");
    if (!button || button.closest("[data-repeat]") !== group) return;
    event.preventDefault();
    if (button === add) {
      const holder = document.createElement("div");
      // The text of our own template, with the number of the row put in.
      holder.innerHTML = template.innerHTML.replace(MARK, String(next));
      next += 1;
      const row = holder.firstElementChild;
      items.append(row);
      wireNew(row);
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    } else {
      const row = button.closest("[data-repeat-item]");
      const neighbour = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (neighbour?.querySelector?.("[data-repeat-remove]") ?? add).focus();
    }
    changed();
  });
});
