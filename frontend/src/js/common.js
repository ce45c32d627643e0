// What portal and desk share.
import "./htmx.js";
import "./forms.js";
import "./repeat.js";
import "./conditional.js";
import "./autosave.js";
import "./upload.js";
import "./scan.js";
import "./small.js";

document.documentElement.classList.add("js");
