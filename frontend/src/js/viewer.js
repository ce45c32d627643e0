// The viewer of a file beside a decision. Viewers take the keyboard to themselves when a file has loaded: what an
// officer is typing would go there. It is given back at once, unless one has turned to the viewer oneself, by the
// pointer or by Tab.
import { each } from "./dom.js";

each("[data-viewer]", (frame) => {
  let turned = false;
  let last = null;

  for (const kind of ["pointerover", "pointermove", "pointerdown", "wheel"]) {
    frame.parentElement.addEventListener(
      kind,
      () => {
        turned = true;
      },
      { passive: true },
    );
  }
  document.addEventListener("focusin", (event) => {
    if (event.target !== frame) last = event.target;
  });
  // A key in the page: one is not at the viewer, wherever the pointer rests.
  document.addEventListener(
    "keydown",
    (event) => {
      turned = event.key === "Tab";
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[target]")?.target === frame.name) turned = false;
  });

  const giveBack = () => {
    if (document.activeElement !== frame || turned) return;
    frame.blur();
    window.focus();
    if (last?.isConnected) last.focus({ preventScroll: true });
  };
  // Not within the event itself: the browser would send the keys to the frame nevertheless.
  window.addEventListener("blur", () => setTimeout(giveBack));
  giveBack(); // it may have been faster than this script
});
