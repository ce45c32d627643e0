import "./js/core.js";
