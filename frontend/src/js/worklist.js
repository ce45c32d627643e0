// The worklist by keyboard: j and k move, Enter opens, x marks; coming back, the list is where it was.
import { each, memory } from "./dom.js";
import { onKey } from "./keys.js";
import { htmx } from "./htmx.js";

const PREVIEW_WAIT = 180;

each("[data-worklist]", (table) => {
  const place = `worklist:${location.pathname}${location.search}`;
  const rows = () => [...table.querySelectorAll("tr[data-row]")];
  const box = (row) => row.querySelector("input[type=checkbox]");
  const link = (row) => row.querySelector("a[data-open]");
  const bar = table.closest("form")?.querySelector("[data-bulk-bar]") ?? document.querySelector("[data-bulk-bar]");
  const pane = document.querySelector("[data-preview-pane]");
  let active = table.querySelector("tr[data-active]");
  let timer = 0;

  function preview(row) {
    clearTimeout(timer);
    if (!pane || !row.dataset.previewUrl || !pane.getClientRects().length) return;
    timer = setTimeout(() => htmx.ajax("GET", row.dataset.previewUrl, { target: pane, swap: "innerHTML" }), PREVIEW_WAIT);
  }

  function move(row, focus = true, scroll = true) {
    if (!row) return;
    active?.removeAttribute("data-active");
    active = row;
    row.dataset.active = "";
    if (focus) link(row)?.focus({ preventScroll: true });
    if (scroll) row.scrollIntoView({ block: "nearest" });
    memory.set(place, JSON.stringify({ id: row.dataset.id, top: window.scrollY }));
    preview(row);
  }

  function marks() {
    let count = 0;
    for (const row of rows()) {
      const marked = Boolean(box(row)?.checked);
      row.toggleAttribute("data-marked", marked);
      count += Number(marked);
    }
    heads();
    if (!bar) return;
    bar.hidden = count === 0;
    const number = bar.querySelector("[data-bulk-count]");
    if (number) number.textContent = String(count);
  }

  // Each table of the list has a box of its own for all of its rows; what may not be marked yet is left out.
  function heads() {
    for (const all of table.querySelectorAll("input[data-mark-all]")) {
      const boxes = rows().filter((row) => all.closest("table").contains(row)).map(box).filter((each) => each && !each.disabled);
      const marked = boxes.filter((each) => each.checked).length;
      all.disabled = !boxes.length;
      all.checked = marked > 0 && marked === boxes.length;
      all.indeterminate = marked > 0 && marked < boxes.length;
    }
  }

  onKey((key) => {
    if (!table.isConnected) return false;
    const all = rows();
    const at = all.indexOf(active);
    if (key === "j" || key === "k") {
      move(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))]);
    } else if (key === "Enter" && active && !document.activeElement?.matches("a, button, summary, input")) {
      link(active)?.click();
    } else if (key === "x" && active && box(active)) {
      if (!box(active).disabled) box(active).checked = !box(active).checked;
      marks();
    } else if (key === "X" && table.querySelector("input[data-mark-all]")) {
      table.querySelector("input[data-mark-all]").click();
    } else {
      return false;
    }
    return true;
  });

  table.addEventListener("change", (event) => {
    if (event.target.matches("[data-mark-all]")) {
      const own = event.target.closest("table");
      for (const row of rows()) {
        if (own.contains(row) && box(row) && !box(row).disabled) box(row).checked = event.target.checked;
      }
    }
    marks();
  });
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("a, button, input, label, summary")) return;
    if (getSelection()?.toString()) return;
    // A click beside the link looks at the row; a double click opens it.
    move(row);
  });
  table.addEventListener("dblclick", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a, button, input, label")) link(row)?.click();
  });
  table.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    // Focus by a press of the mouse must not move the page: the release would miss the link.
    if (row && row !== active) move(row, false, event.target.matches(":focus-visible"));
  });
  // Fresh rows from the server: what was marked stays marked, the place is kept.
  let held = new Set();
  table.addEventListener("htmx:beforeSwap", () => {
    held = new Set(rows().filter((each) => box(each)?.checked).map((each) => each.dataset.id));
  });
  table.addEventListener("htmx:afterSettle", () => {
    for (const fresh of rows()) if (box(fresh) && held.has(fresh.dataset.id)) box(fresh).checked = true;
    const again = active && rows().find((candidate) => candidate.dataset.id === active.dataset.id);
    active = again ?? null;
    if (again) again.dataset.active = "";
    marks();
  });
  window.addEventListener("pagehide", () => {
    if (active) memory.set(place, JSON.stringify({ id: active.dataset.id, top: window.scrollY }));
  });

  marks();
  // Coming back, the browser marks the rows again by itself, and only then.
  window.addEventListener("pageshow", () => setTimeout(marks));
  const kept = JSON.parse(memory.get(place) ?? "null");
  const row = kept && rows().find((candidate) => candidate.dataset.id === kept.id);
  if (row) {
    move(row, false);
    window.scrollTo(0, kept.top);
    link(row)?.focus({ preventScroll: true });
  } else if (active) {
    preview(active);
  }
});
