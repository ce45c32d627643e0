// The portal.
import "./js/common.js";
import { begin } from "./js/dom.js";

begin();
