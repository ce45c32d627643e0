// A kiosk forgets who stood there: after two minutes without a touch the session is ended, whatever was half filled in,
// and the code of what was submitted leaves the screen.
import { each } from "./dom.js";

const IDLE = 120000;

function whenIdle(act) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(act, IDLE);
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, again, { passive: true });
  }
  again();
}

each("form[data-kiosk-end]", (form) => whenIdle(() => form.requestSubmit()));
each("a[data-kiosk-back]", (link) => whenIdle(() => location.assign(link.href)));
