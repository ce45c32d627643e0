// Reading a QR code with the camera, where the browser can; the button stays hidden elsewhere.
import { each } from "./dom.js";

const able = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

each("[data-qr-scan]", (button) => {
  const input = document.querySelector(button.dataset.qrScan);
  if (!input || !able()) return;
  button.hidden = false;
  let stop = null;

  async function scan() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const box = document.createElement("div");
    box.className = "mc-scan";
    const video = document.createElement("video");
    Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
    box.append(video);
    (button.closest("form, p, div") ?? button).after(box);
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    let running = true;
    stop = () => {
      running = false;
      for (const track of stream.getTracks()) track.stop();
      box.remove();
      button.setAttribute("aria-expanded", "false");
      stop = null;
    };
    button.setAttribute("aria-expanded", "true");
    await video.play();
    const look = async () => {
      if (!running) return;
      const [code] = await detector.detect(video).catch(() => []);
      if (code?.rawValue) return take(code.rawValue);
      setTimeout(look, 150);
    };
    look();
  }

  function take(text) {
    stop?.();
    // Our own codes are addresses of this site: go there. Anything else is put into the field.
    if (URL.canParse?.(text) && new URL(text).origin === location.origin) {
      location.assign(text);
      return;
    }
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("motcua:scanned", { bubbles: true, detail: text }));
    if ("qrSubmit" in button.dataset) input.form?.requestSubmit();
    else input.focus();
  }

  button.addEventListener("click", () => {
    if (stop) return stop();
    scan().catch(() => {
      // The person or the device said no: the field is there to type into.
      button.hidden = true;
      input.focus();
    });
  });
  window.addEventListener("pagehide", () => stop?.());
});
