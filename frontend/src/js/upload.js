// Choosing files: drop, camera, a preview, sizes checked before sending, progress while sending.
import { each, near } from "./dom.js";
import { htmx } from "./htmx.js";

const size = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function accepts(input, file) {
  const kinds = (input.accept ?? "").split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
  if (!kinds.length) return true;
  return kinds.some((kind) => {
    if (kind.startsWith(".")) return file.name.toLowerCase().endsWith(kind);
    if (kind.endsWith("/*")) return file.type.startsWith(kind.slice(0, -1));
    return file.type === kind;
  });
}

each("[data-upload]", (box) => {
  const input = box.querySelector("input[type=file]");
  if (!input) return;
  const words = document.querySelector("[data-upload-words]")?.dataset ?? {};
  const most = Number(box.dataset.maxBytes) || 20 * 1024 * 1024;
  const list = document.createElement("ul");
  list.className = "mc-files";
  list.hidden = true;
  list.setAttribute("aria-live", "polite");
  box.append(list);
  let addresses = [];

  const keep = (files) => {
    const holder = new DataTransfer();
    for (const file of files) holder.items.add(file);
    input.files = holder.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  function row(file, index) {
    const line = document.createElement("li");
    line.className = "mc-file";
    const problem = file.size > most ? words.large : file.size === 0 ? words.empty : accepts(input, file) ? "" : words.kind;
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      const address = URL.createObjectURL(file);
      addresses.push(address);
      Object.assign(picture, { src: address, alt: "", className: "mc-file__thumb" });
      line.append(picture);
    } else {
      line.append(document.createElement("span"));
    }
    const name = document.createElement("span");
    Object.assign(name, { className: "mc-file__name", textContent: file.name });
    const facts = document.createElement("span");
    Object.assign(facts, { className: "mc-file__facts", textContent: problem || size(file.size) });
    line.classList.toggle("mc-file--bad", Boolean(problem));
    const actions = document.createElement("span");
    actions.className = "mc-file__actions";
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button", className: "mc-button-quiet", textContent: words.remove ?? "×" });
    remove.dataset.uploadRemove = String(index);
    remove.setAttribute("aria-label", `${words.remove ?? "×"} ${file.name}`);
    actions.append(remove);
    line.append(name, facts, actions);
    return line;
  }

  function draw() {
    for (const address of addresses) URL.revokeObjectURL(address);
    addresses = [];
    list.replaceChildren(...[...input.files].map(row));
    list.hidden = input.files.length === 0;
  }

  input.addEventListener("change", draw);
  list.addEventListener("click", (event) => {
    const button = near(event, "[data-upload-remove]");
    if (!button) return;
    keep([...input.files].filter((_, index) => index !== Number(button.dataset.uploadRemove)));
    input.focus();
  });

  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("mc-upload--over");
    });
  }
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("mc-upload--over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) keep(input.multiple ? [...input.files, ...files] : files.slice(0, 1));
  });

  // A phone's camera, as a second way beside picking a file.
  if (matchMedia("(pointer: coarse)").matches && /image|jpe?g|png|heic|^$/i.test(input.accept)) {
    const tools = document.createElement("p");
    tools.className = "mc-upload__tools";
    const camera = document.createElement("button");
    Object.assign(camera, { type: "button", className: "govuk-button govuk-button--secondary" });
    camera.textContent = words.camera ?? "Camera";
    const shot = document.createElement("input");
    Object.assign(shot, { type: "file", accept: "image/*", hidden: true });
    shot.setAttribute("capture", "environment");
    camera.addEventListener("click", () => shot.click());
    shot.addEventListener("change", () => {
      if (shot.files.length) keep(input.multiple ? [...input.files, ...shot.files] : [...shot.files]);
    });
    tools.append(camera);
    input.after(tools);
  }
});

// Sending shows how far it is: the form goes through htmx, which tells the progress of the bytes.
each("form", (form) => {
  if (!form.querySelector("[data-upload]") || form.matches("[hx-post], [data-plain]")) return;
  form.setAttribute("hx-boost", "true");
  form.setAttribute("hx-encoding", "multipart/form-data");
  htmx.process(form);
  form.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable || event.detail.total < 100_000) return;
    let bar = form.querySelector("progress[data-upload-progress]");
    if (!bar) {
      bar = document.createElement("progress");
      bar.dataset.uploadProgress = "";
      bar.max = 1;
      bar.setAttribute("aria-label", document.querySelector("[data-upload-words]")?.dataset.sending ?? "");
      form.querySelector(".mc-actions, [type=submit]")?.before(bar);
    }
    bar.value = event.detail.loaded / event.detail.total;
  });
});
