// A kiosk forgets who stood there: after two minutes without a touch the session is ended, whatever was half filled in.
import { each } from "./dom.js";

const IDLE = 120000;

each("form[data-kiosk-end]", (form) => {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), IDLE);
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, again, { passive: true });
  }
  again();
});
