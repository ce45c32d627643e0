// The viewer of a file beside a decision. Viewers take the keyboard to themselves when a file has loaded: what an
// officer is typing would go there. So it gets the keyboard only when one turns to it, by the pointer or by Tab.
import { each } from "./dom.js";

const SETTLES = 1500;
const TYPED = 2000;
// A file that is slow, or saved instead of shown, fires no load.
const LOST = 15_000;

each("[data-viewer]", (frame) => {
  let turned = false;
  let last = null;
  let timer = 0;

  const open = () => {
    frame.inert = false;
  };
  const rest = (time) => {
    frame.inert = true;
    clearTimeout(timer);
    timer = setTimeout(open, time);
  };
  const turn = () => {
    turned = true;
    open();
  };

  rest(LOST); // whatever was there before this script
  frame.addEventListener("load", () => rest(SETTLES));
  for (const kind of ["pointermove", "pointerdown", "wheel"]) {
    frame.parentElement.addEventListener(kind, turn, { passive: true });
  }
  document.addEventListener("focusin", (event) => {
    if (event.target !== frame) last = event.target;
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab") return turn();
      turned = false;
      rest(TYPED);
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[target]");
    if (link?.target !== frame.name) return;
    turned = false;
    rest(LOST);
  });
  // Where a viewer takes it all the same, it is given back at once.
  window.addEventListener("blur", () => {
    setTimeout(() => {
      if (document.activeElement !== frame || turned) return;
      frame.blur();
      if (last?.isConnected) last.focus({ preventScroll: true });
    });
  });
});
