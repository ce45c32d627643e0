// Reads a QR code out of a picture, for browsers that cannot themselves: most of those at a desk.
// Loaded by js/scan.js once somebody opens the camera.
import decode from "qr/decode.js";

window.motcuaQr = (picture) => {
  try {
    return decode(picture);
  } catch {
    return ""; // no code in this picture
  }
};
