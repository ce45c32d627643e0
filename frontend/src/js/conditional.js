// Fields that hang on another answer: data-show-when="kind=child", "kind=a|b", "kind!=a", "agree", "a=1&b=2".
// What that cannot say comes as JSON with the same names (engines/forms/conditions.py): all, any, not, at_least …
// Only a help for the eye: without it everything is shown, and the server decides what counts.
import { each } from "./dom.js";

// The inputs of a date or an address: their names begin with that of the question.
function parts(form, name) {
  return [...form.elements].filter((control) => control.name?.startsWith(`${name}-`) && !control.disabled);
}

function answers(form, name) {
  const found = form.elements.namedItem(name);
  if (!found) return parts(form, name).map((control) => control.value).filter((value) => value !== "");
  const controls = found instanceof RadioNodeList ? [...found] : [found];
  return controls.flatMap((control) => {
    if (control.disabled) return [];
    if (control.type === "radio" || control.type === "checkbox") return control.checked ? [control.value || "on"] : [];
    if (control.multiple) return [...control.selectedOptions].map((option) => option.value);
    return control.value === "" ? [] : [control.value];
  });
}

function youngerThan(form, name, years) {
  const part = (which) => Number(form.elements.namedItem(`${name}-${which}`)?.value);
  const [year, month, day] = [part("year"), part("month") || 1, part("day") || 1];
  return year > 0 && new Date(year + years, month - 1, day) > new Date();
}

function holdsAll(form, tree) {
  if (tree.all) return tree.all.every((part) => holdsAll(form, part));
  if (tree.any) return tree.any.some((part) => holdsAll(form, part));
  if (tree.not) return !holdsAll(form, tree.not);
  if ("younger_than" in tree) return youngerThan(form, tree.field, tree.younger_than);
  const given = answers(form, tree.field);
  if ("filled" in tree) return given.length > 0;
  if ("at_least" in tree) return given.some((value) => Number(value.replace(",", ".")) >= tree.at_least);
  const wanted = [tree.is ?? tree.has ?? tree.in].flat().map(String);
  return given.some((value) => wanted.includes(value));
}

export function holds(form, condition) {
  if (condition.startsWith("{")) return holdsAll(form, JSON.parse(condition));
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
