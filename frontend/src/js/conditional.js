// Fields that hang on another answer: data-show-when="kind=child", "kind=a|b", "kind!=a", "agree", "a=1&b=2".
// Only a help for the eye: without it everything is shown, and the server decides what counts.
import { each } from "./dom.js";

function answers(form, name) {
  const found = form.elements.namedItem(name);
  if (!found) return [];
  const controls = found instanceof RadioNodeList ? [...found] : [found];
  return controls.flatMap((control) => {
    if (control.disabled) return [];
    if (control.type === "radio" || control.type === "checkbox") return control.checked ? [control.value || "on"] : [];
    if (control.multiple) return [...control.selectedOptions].map((option) => option.value);
    return control.value === "" ? [] : [control.value];
  });
}

export function holds(form, condition) {
  return condition.split("&").every((part) => {
    const [, name, operator, wanted = ""] = /^(.*?)(?:(!=|=)(.*))?$/s.exec(part.trim());
    const given = answers(form, name);
    if (!operator) return given.length > 0;
    const match = given.some((value) => wanted.split("|").includes(value));
    return operator === "=" ? match : !match;
  });
}

function show(block, visible) {
  block.hidden = !visible;
  for (const control of block.querySelectorAll("input, select, textarea, button")) {
    if (visible && control.dataset.heldBack) {
      // A block inside that is still hidden keeps its own controls back.
      if (control.closest("[data-show-when][hidden]")) continue;
      delete control.dataset.heldBack;
      control.disabled = false;
    } else if (!visible && !control.disabled) {
      control.dataset.heldBack = "1";
      control.disabled = true;
    }
  }
}

function settle(form) {
  // An answer may hide a question on which another hangs: outer blocks come first, twice is enough for two levels.
  for (let round = 0; round < 3; round += 1) {
    for (const block of form.querySelectorAll("[data-show-when]")) show(block, holds(form, block.dataset.showWhen));
  }
}

each("form", (form) => {
  const update = () => {
    if (form.querySelector("[data-show-when]")) settle(form);
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("motcua:rows", update);
  // A form that the browser filled again after going back.
  window.addEventListener("pageshow", update);
  update();
});
