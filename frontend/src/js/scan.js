// Reading a QR code with the camera; the button stays hidden where there is none. Browsers that cannot read codes
// themselves load what reads them (data-qr-reader).
import { each } from "./dom.js";

const WIDEST = 1024; // of the picture that is searched: the code of an identity card is dense

async function ownReader() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (!formats.includes("qr_code")) return null;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
}

async function loadedReader(address) {
  if (!window.motcuaQr) {
    await new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed });
      document.head.append(script);
    });
  }
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!video.videoWidth) return "";
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    return window.motcuaQr(brush.getImageData(0, 0, canvas.width, canvas.height));
  };
}

each("[data-qr-scan]", (button) => {
  const input = document.querySelector(button.dataset.qrScan);
  if (!input || !navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  let stop = null;
  let opening = false;

  async function scan() {
    const read = (await ownReader()) ?? (await loadedReader(button.dataset.qrReader));
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const box = document.createElement("div");
    box.className = "mc-scan";
    const video = document.createElement("video");
    Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
    box.append(video);
    (button.closest("form, p, div") ?? button).after(box);
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
      const text = await read(video);
      if (text) return take(text);
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
    if (opening) return;
    opening = true;
    scan()
      .catch(() => {
        // The person or the device said no: the field is there to type into.
        button.hidden = true;
        input.focus();
      })
      .finally(() => {
        opening = false;
      });
  });
  window.addEventListener("pagehide", () => stop?.());
});
