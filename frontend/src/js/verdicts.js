// Judging papers with one key each: 1 complete, 2 missing, 3 not valid; j and k move from paper to paper.
import { each } from "./dom.js";
import { onKey } from "./keys.js";

each("[data-verdicts]", (list) => {
  const papers = () => [...list.children];
  let at = papers().findIndex((paper) => !paper.dataset.verdict);

  function move(index, focus = true) {
    const all = papers();
    at = Math.max(0, Math.min(all.length - 1, index));
    all.forEach((paper, number) => paper.toggleAttribute("data-active", number === at));
    if (focus) all[at]?.scrollIntoView({ block: "nearest" });
  }

  list.addEventListener("focusin", (event) => {
    const paper = event.target.closest("[data-verdicts] > *");
    if (paper) move(papers().indexOf(paper), false);
  });

  onKey((key) => {
    if (!list.isConnected || document.querySelector("[data-worklist]")) return false;
    if (key === "j" || key === "k") {
      move(at + (key === "j" ? 1 : -1));
      return true;
    }
    const button = papers()[Math.max(at, 0)]?.querySelector(`[data-verdict-key="${CSS.escape(key)}"]`);
    if (!button) return false;
    button.click();
    return true;
  });

  // The paper comes back judged; the eye goes on to the next one.
  list.addEventListener("htmx:afterSettle", () => move(at + 1));
});
