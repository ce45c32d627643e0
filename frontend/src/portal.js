// The portal.
import "./js/common.js";
import "./js/kiosk.js";
import { begin } from "./js/dom.js";

begin();
