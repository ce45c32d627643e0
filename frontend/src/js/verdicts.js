// Papers of a dossier by keyboard: j and k move, 1 complete, 2 missing, 3 not valid; the next paper follows by itself.
import { each } from "./dom.js";
import { onKey } from "./keys.js";

each("[data-verdicts]", (list) => {
  let active = "";
  const papers = () => [...list.querySelectorAll(":scope > li")];

  function mark(paper) {
    if (!paper) return;
    for (const other of papers()) other.removeAttribute("data-active");
    paper.dataset.active = "";
    active = paper.id;
    paper.scrollIntoView({ block: "nearest" });
  }

  onKey((key) => {
    const all = papers();
    if (!list.isConnected || !all.length) return false;
    const at = all.findIndex((paper) => paper.id === active);
    if (key === "j" || key === "k") {
      mark(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))]);
      return true;
    }
    const paper = at < 0 ? all.find((each) => !each.dataset.verdict) ?? all[0] : all[at];
    const button = paper.querySelector(`[data-verdict-key="${CSS.escape(key)}"]`);
    if (!button) return false;
    button.click();
    mark(all[Math.min(all.length - 1, all.indexOf(paper) + 1)]);
    return true;
  });
  list.addEventListener("focusin", (event) => mark(event.target.closest("li")));
  // The server sends the paper anew: the place stays marked.
  list.addEventListener("htmx:afterSwap", () => mark(papers().find((paper) => paper.id === active)));
});
