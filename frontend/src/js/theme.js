// Light or dark at once; the cookie is set by the server, so that the next page comes in the right theme.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const wish = event.submitter.value;
  const body = new FormData(form);
  body.set("theme", wish);
  document.documentElement.dataset.theme = wish;
  const other = form.querySelector(`button:not([value="${wish}"])`);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
  other?.focus();
});
