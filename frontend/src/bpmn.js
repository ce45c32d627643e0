// A flow as a BPMN 2.0 diagram. Loaded only by pages that show one; the same flow stands beside it as a table.
//   <div class="mc-bpmn" data-bpmn="/address/of/the.bpmn" role="group" aria-label="…"></div>
// or with the XML on the page, for a diagram that follows the table: htmx swaps the element, it is drawn anew.
//   <div class="mc-bpmn" data-bpmn role="group" aria-label="…"><script type="application/xml">…</script></div>
import Viewer from "bpmn-js/lib/NavigatedViewer";
import { begin, each } from "./js/dom.js";

async function draw(place) {
  const given = place.querySelector("script[type='application/xml']")?.textContent;
  const xml = given ?? (await (await fetch(place.dataset.bpmn, { headers: { Accept: "application/xml" } })).text());
  const canvas = document.createElement("div");
  canvas.className = "mc-bpmn__canvas";
  place.replaceChildren(canvas);
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--mc-ink").trim();
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--mc-raised").trim();
  const viewer = new Viewer({
    container: canvas,
    bpmnRenderer: { defaultFillColor: ground, defaultStrokeColor: ink, defaultLabelColor: ink },
    textRenderer: { defaultStyle: { fontFamily: "Be Vietnam Pro", fontSize: 13 }, externalStyle: { fontFamily: "Be Vietnam Pro", fontSize: 12 } },
  });
  try {
    await document.fonts.ready;
    await viewer.importXML(xml);
    viewer.get("canvas").zoom("fit-viewport", "auto");
    for (const id of (place.dataset.bpmnMark ?? "").split(" ").filter(Boolean)) viewer.get("canvas").addMarker(id, "mc-bpmn-now");
  } catch {
    // The table says the same; an empty box would only be in the way.
    place.hidden = true;
  }
}

each("[data-bpmn]", draw);
begin();
