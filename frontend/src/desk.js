// The desk.
import "./js/common.js";
import "./js/asking.js";
import "./js/theme.js";
import "./js/worklist.js";
import "./js/verdicts.js";
import "./js/viewer.js";
import "./js/pile.js";
import "./js/designer.js";
import { begin } from "./js/dom.js";

begin();
