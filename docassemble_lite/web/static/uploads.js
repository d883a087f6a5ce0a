// Files are sent as soon as they are chosen or dropped, so that one sees how far it is and what is wrong with them, and so
// that a mistake elsewhere in the form costs nothing. The form itself then carries tickets for them. Without this a form
// sends its files like any other.

import { holdForm, releaseForm } from "./sending.js";
import { whenScreenComes } from "./screen.js";

let waiting = Promise.resolve();

const inputOf = (element) => element.closest?.(".da-files")?.querySelector("input[type=file]");

function tell(box, text, bad = false) {
  const state = box.querySelector(".da-files-state");
  state.textContent = text;
  state.classList.toggle("da-has-error", bad);
}

function showProgress(box, share) {
  const bar = box.querySelector(".da-progress");
  bar.hidden = share === null;
  bar.value = share ?? 0;
}

// what the server says of a file: { html }, { error }, or nothing if it could not be asked
function send(form, control, file, progress) {
  const body = new FormData();
  for (const name of ["csrf_token", "_session", "_tracker"]) body.set(name, form.elements.namedItem(name).value);
  body.set(control, file, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status === 200) done(JSON.parse(request.responseText));
      else done({});
    });
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => done({}));
    request.open("POST", form.dataset.upload);
    request.send(body);
  });
}

// what was sent from this page: name of a control → HTML of its files
const sent = new Map();

function showKept(input, html) {
  const list = input.closest(".da-files").querySelector(".da-kept-files");
  if (!input.multiple) list.replaceChildren();
  list.insertAdjacentHTML("beforeend", html);
  list.hidden = false;
  input.required = false;
  return list;
}

function takeIn(input, html) {
  sent.set(input.name, [...(input.multiple ? sent.get(input.name) ?? [] : []), html]);
  const list = showKept(input, html);
  list.lastElementChild.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
}

// whether the server has judged it; what is wrong with it is told
async function sendFile(input, file) {
  const box = input.closest(".da-files");
  const { form, name } = input;
  const words = box.dataset;
  if (file.size > Number(input.dataset.maxBytes)) {
    tell(box, input.dataset.msgLarge.replace("%s", file.name), true);
    return true;
  }
  if (!box.querySelector(".da-has-error")) tell(box, `${file.name} ${words.wordSending}`);
  showProgress(box, 0);
  const answer = await send(form, name, file, (share) => showProgress(box, share));
  showProgress(box, null);
  if (answer.html) {
    takeIn(input, answer.html);
    if (!box.querySelector(".da-has-error")) tell(box, `${file.name} ${words.wordSent}`);
    return true;
  }
  tell(box, answer.error || `${file.name} ${words.wordFailed}`, true);
  return Boolean(answer.error);
}

// one after the other, as a session does one thing at a time; what could not be sent stays chosen, and comes with the form
function sendAll(input, files) {
  holdForm();
  waiting = waiting.then(async () => {
    const unsent = new DataTransfer();
    tell(input.closest(".da-files"), "");
    for (const file of input.multiple ? files : files.slice(-1)) {
      // meanwhile another screen may have come
      if (!input.isConnected) return;
      if (!await sendFile(input, file)) unsent.items.add(file);
    }
    input.files = unsent.files;
  }).finally(releaseForm);
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type === "file" && input.closest(".da-files") && input.files.length) sendAll(input, [...input.files]);
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const input = inputOf(event.target);
    if (!input || input.disabled || !event.dataTransfer?.types.includes("Files")) return;
    const enters = kind === "dragenter" || kind === "dragover";
    if (enters || kind === "drop") event.preventDefault();
    input.closest(".da-files").classList.toggle("da-dropping", enters);
    if (kind === "drop" && event.dataTransfer.files.length) sendAll(input, [...event.dataTransfer.files]);
  });
}

whenScreenComes(({ same }) => {
  // a screen that takes the place of this one may ask for the same files
  if (!same) {
    for (const [name, htmls] of sent) {
      const input = document.querySelector(`.da-files input[type=file][name="${CSS.escape(name)}"]`);
      if (input) htmls.forEach((html) => showKept(input, html));
    }
  }
  document.querySelectorAll(".da-drop-hint").forEach((hint) => { hint.hidden = false; });
});
