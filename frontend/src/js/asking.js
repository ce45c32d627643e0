// A part of a page that waits for somebody else asks for itself again every few seconds: `data-ask` is the page it stands
// on, its id tells which part. Leaving the page in the middle of a question is no error.
import { each, wireNew } from "./dom.js";

each("[data-ask]", (part) => {
  const wait = Number(part.dataset.askEvery ?? 4) * 1000;

  async function ask() {
    if (!part.isConnected) return;
    try {
      const answer = await fetch(part.dataset.ask, { headers: { "X-By-Itself": "1", Accept: "text/html" } });
      const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh && part.isConnected && fresh.innerHTML.trim() && !fresh.dataset.ask) {
        part.replaceWith(fresh);
        wireNew(fresh);
        return;
      }
    } catch {
      // No connection, or the page is being left: asked again, or not at all.
    }
    setTimeout(ask, wait);
  }

  setTimeout(ask, wait);
});
