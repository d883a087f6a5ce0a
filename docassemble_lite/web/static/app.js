// What a page does beyond plain forms and links. Without it everything still works; every listener is on the document,
// so that a screen that was loaded again needs no new ones.

const SECONDS = 1000;
// how long a sent form waits for its answer before it may be sent again: a download leaves the page standing
const PATIENCE = 15 * SECONDS;

// --- sending: once ---------------------------------------------------------------------------------------------------

let sent = false;
let patience = 0;

// the buttons keep the focus, so they are marked rather than disabled; what is pressed again is refused below
function setSent(value, pressed) {
  sent = value;
  for (const button of document.querySelectorAll("button[type=submit]")) {
    button.ariaDisabled = value ? "true" : null;
    button.classList.toggle("da-pressed", value && button === pressed);
  }
}

document.addEventListener("submit", (event) => {
  if (sent) {
    event.preventDefault();
    return;
  }
  setSent(true, event.submitter);
  clearTimeout(patience);
  patience = setTimeout(() => setSent(false), PATIENCE);
});

// a page that comes back from the browser's memory must work again
window.addEventListener("pageshow", (event) => {
  if (event.persisted) setSent(false);
});

// --- "none of the above" and "all of the above" ------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  const changed = event.target;
  const group = changed.type === "checkbox" && changed.closest(".da-group");
  if (!group) return;
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const none = boxes.filter((box) => box.classList.contains("danota-checkbox"));
  const all = boxes.filter((box) => box.classList.contains("daaota-checkbox"));
  const ordinary = boxes.filter((box) => !none.includes(box) && !all.includes(box));
  const set = (some, value) => some.forEach((box) => { box.checked = value; });
  if (none.includes(changed)) {
    if (changed.checked) set([...ordinary, ...all], false);
  } else if (all.includes(changed)) {
    set(ordinary, changed.checked);
    set(none, false);
  } else {
    if (changed.checked) set(none, false);
    set(all, ordinary.every((box) => box.checked));
  }
});

// --- checkboxes that are fields of their own and that check or uncheck others -------------------------------------------

const SINGLE = ".da-field-container-inputtype-checkbox input[type=checkbox]";

// the boxes that a box is to check or uncheck: those named in its attribute, or all ("*")
function othersOf(box, attribute) {
  const names = box.getAttribute(attribute);
  if (names === null) return [];
  const listed = names.split(" ");
  return [...document.querySelectorAll(SINGLE)].filter((each) => each !== box && (names === "*" || listed.includes(each.name)));
}

document.addEventListener("change", (event) => {
  const changed = event.target;
  if (!changed.matches(SINGLE)) return;
  if (changed.checked) {
    othersOf(changed, "data-uncheck-others").forEach((box) => { box.checked = false; });
    othersOf(changed, "data-check-others").forEach((box) => { box.checked = true; });
  }
  // a box that stands for the absence, or for the whole, of others gives way to them
  const opposed = changed.checked ? "data-uncheck-others" : "data-check-others";
  for (const box of document.querySelectorAll(SINGLE)) {
    if (othersOf(box, opposed).includes(changed)) box.checked = false;
  }
});

// --- a field that was changed says at once what is wrong with it; the server judges all the same ----------------------------

function complaint(control) {
  const told = (rule) => control.getAttribute(`data-msg-${rule}`) || "";
  const { validity } = control;
  if (!control.value && !validity.badInput) return "";
  if (validity.badInput || validity.typeMismatch) return told("type");
  if (validity.rangeUnderflow) return told("min");
  if (validity.rangeOverflow) return told("max");
  if (validity.tooShort) return told("minlength");
  if (!control.dataset.number) return "";
  const number = Number(control.value.replace(/[,\s%$]/g, ""));
  if (Number.isNaN(number)) return told("type");
  if ("min" in control.dataset && number < Number(control.dataset.min)) return told("min");
  if ("max" in control.dataset && number > Number(control.dataset.max)) return told("max");
  return "";
}

function showComplaint(control) {
  const text = complaint(control);
  const id = `${control.id}-error`;
  let note = document.getElementById(id);
  if (!text && !note) return;
  if (!note) {
    note = document.createElement("p");
    note.className = "da-has-error";
    note.id = id;
    note.role = "status";
    (control.closest(".da-prefixed") || control).before(note);
  }
  note.textContent = text;
  note.hidden = !text;
  control.toggleAttribute("aria-invalid", Boolean(text));
  if (text) control.setAttribute("aria-invalid", "true");
  const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((name) => name && name !== id);
  control.setAttribute("aria-describedby", [...others, ...(text ? [id] : [])].join(" "));
  control.closest(".da-field-container")?.classList.toggle("da-mend", Boolean(text));
}

// a message moves what is below it: while a button is being pressed it waits, or the button would slip away
let pressing = false;
const late = new Set();

document.addEventListener("pointerdown", () => { pressing = true; });
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => {
    pressing = false;
    late.forEach(showComplaint);
    late.clear();
  }));
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("#daform input:not([type=checkbox], [type=radio], [type=range]), #daform textarea")) {
    if (pressing) late.add(event.target);
    else showComplaint(event.target);
  }
});

// --- sliders say where they stand --------------------------------------------------------------------------------------

function showRange(range) {
  const output = range.parentElement.querySelector("output");
  if (!output) return;
  output.hidden = false;
  output.value = range.value;
}

document.addEventListener("input", (event) => {
  if (event.target.type === "range") showRange(event.target);
});

// --- help and menu close like what they look like ----------------------------------------------------------------------

function closeDrawers(except) {
  for (const drawer of document.querySelectorAll(".da-drawer[open]")) {
    if (drawer !== except) drawer.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  const drawer = event.key === "Escape" && document.querySelector(".da-drawer[open]");
  if (!drawer) return;
  drawer.open = false;
  drawer.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  const back = event.target.closest("#daquestionlabel");
  closeDrawers(back ? null : event.target.closest(".da-drawer"));
});

// --- a screen that loads again by itself -------------------------------------------------------------------------------

let typing = false;
document.addEventListener("input", () => { typing = true; });

// what a person can see of a page, without the tokens that differ each time
function seen(root) {
  const copy = root.cloneNode(true);
  copy.querySelectorAll("input[type=hidden]").forEach((input) => input.removeAttribute("value"));
  return copy.innerHTML;
}

function takeTokens(from) {
  for (const form of from.querySelectorAll("form[id]")) {
    const here = document.getElementById(form.id);
    for (const input of form.querySelectorAll("input[type=hidden]")) {
      const twin = here && here.querySelector(`input[type=hidden][name="${CSS.escape(input.name)}"]`);
      if (twin) twin.value = input.value;
    }
  }
}

function spoken(root) {
  const text = (selector) => (root.querySelector(selector)?.textContent || "").replace(/\s+/g, " ").trim();
  return [text("#daMainQuestion"), text(".da-subquestion")];
}

let silence = 0;

function announce(before, after) {
  const live = document.getElementById("da-live");
  live.textContent = before[0] === after[0] ? after[1] : after.join(" ");
  // once spoken it would only be a second copy of the text at the end of the page
  clearTimeout(silence);
  silence = setTimeout(() => { live.textContent = ""; }, 8 * SECONDS);
}

function takeScreen(fresh) {
  const here = document.getElementById("dabody");
  const there = fresh.getElementById("dabody");
  const focused = here.contains(document.activeElement) ? document.activeElement : null;
  const before = spoken(here);
  shown = seen(there);
  here.replaceChildren(...there.childNodes);
  document.body.className = fresh.body.className;
  document.title = fresh.title;
  announce(before, spoken(here));
  if (focused) {
    const twin = document.getElementById(focused.id) || document.getElementById("daMainQuestion");
    twin?.focus({ preventScroll: true });
  }
  pageLoaded();
}

async function loadAgain() {
  const form = document.getElementById("daform");
  if (document.hidden || typing || sent || document.querySelector(".da-drawer[open]")) {
    waitToLoadAgain();
    return;
  }
  let answer;
  let text;
  try {
    // another tab may be in another session of the same interview
    const session = form.elements.namedItem("_session")?.value || "";
    answer = await fetch(form.action, { headers: { Accept: "text/html", "X-Session": session } });
    text = await answer.text();
  } catch (error) {
    console.warn("The page could not be loaded again; trying once more.", error);
    waitToLoadAgain();
    return;
  }
  if (sent || typing) return;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (!fresh.getElementById("daquestion")) {
    // a mistake of the interview is shown, or a person would wait for ever; another error may pass and keeps the screen in place
    if (answer.ok || answer.status === 500) location.assign(answer.url);
    else waitToLoadAgain();
    return;
  }
  if (seen(fresh.getElementById("dabody")) !== shown) {
    takeScreen(fresh);
  } else {
    takeTokens(fresh);
    waitToLoadAgain();
  }
}

let shown = "";
let timer = 0;

function waitToLoadAgain() {
  const seconds = parseFloat(document.getElementById("daquestion")?.dataset.reload || "0");
  clearTimeout(timer);
  if (seconds > 0) timer = setTimeout(loadAgain, seconds * SECONDS);
}

// --- what scripts of interviews and test tools call -----------------------------------------------------------------------

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/=+$/, "");
const decoded = (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));

// the enabled controls of a variable
function controlsOf(variable) {
  const name = encoded(variable);
  const all = document.querySelectorAll("#daform input:not([type=hidden]), #daform textarea, #daform select");
  return [...all].filter((control) => control.name === name && !control.disabled);
}

function getField(variable) {
  const [first, ...others] = controlsOf(variable);
  return others.length ? first.closest("fieldset") : first || null;
}

function getFields() {
  const names = [...document.querySelectorAll("#daform .da-form-group [name]")].map((control) => control.name);
  return [...new Set(names)].map(decoded);
}

const constants = { True: true, False: false, None: null };
const meaning = (text) => (text in constants ? constants[text] : text);

function val(variable) {
  const controls = controlsOf(variable);
  const [first] = controls;
  if (!first) return null;
  if (first.type === "radio") return meaning(controls.find((control) => control.checked)?.value ?? null);
  if (first.type === "checkbox" && controls.length === 1) return first.checked;
  if (first.type === "checkbox") return controls.filter((control) => control.checked).map((control) => control.value);
  if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
  return first.value;
}

function setField(variable, value) {
  const controls = controlsOf(variable);
  const wanted = (Array.isArray(value) ? value : [value]).map((item) => {
    const word = Object.keys(constants).find((key) => constants[key] === item);
    return word || String(item);
  });
  for (const control of controls) {
    if (control.type === "checkbox" && controls.length === 1) control.checked = Boolean(value);
    else if (control.type === "radio" || control.type === "checkbox") control.checked = wanted.includes(control.value);
    else if (control.multiple) for (const option of control.options) option.selected = wanted.includes(option.value);
    else control.value = value ?? "";
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function url_action(action, args = {}, forgetPrior = false) {
  const plain = { action, arguments: args };
  const prior = { action: "_da_priority_action", arguments: { _action: action, _arguments: args } };
  const url = new URL(document.getElementById("daform").action);
  url.searchParams.set("action", encoded(JSON.stringify(forgetPrior ? prior : plain)));
  return url.pathname + url.search;
}

function action_perform(action, args, forgetPrior) {
  location.assign(url_action(action, args, forgetPrior));
}

// calls back with what the server answers, taken apart if it is JSON
async function action_call(action, args, callback = () => {}, forgetPrior = false) {
  const answer = await fetch(url_action(action, args, forgetPrior));
  const text = await answer.text();
  callback(/\bjson\b/.test(answer.headers.get("Content-Type") || "") ? JSON.parse(text) : text);
}

// a message above the screen; `priority` is "info", "success", "warning" or "danger"
function flash(text, priority = "info", clear = false) {
  const place = document.querySelector("main");
  if (clear) place.querySelectorAll(".da-notice").forEach((notice) => notice.remove());
  const notice = document.createElement("div");
  notice.className = `alert alert-${priority} da-notice`;
  notice.role = priority === "danger" ? "alert" : "status";
  notice.textContent = text;
  place.prepend(notice);
}

Object.assign(window, {
  flash, da_flash: flash, val, getField, getFields, setField, url_action, action_perform, action_call,
  daGetField: getField, daGetFields: getFields, daSetField: setField,
  da_url_action: url_action, da_action_perform: action_perform, da_action_call: action_call,
  url_action_call: action_call, url_action_perform: action_perform,
});

// --- a screen has come up ----------------------------------------------------------------------------------------------

function pageLoaded() {
  typing = false;
  document.querySelectorAll("input[type=range]").forEach(showRange);
  waitToLoadAgain();
  document.dispatchEvent(new CustomEvent("daPageLoad"));
  document.dispatchEvent(new CustomEvent("daPageLoaded"));
}

// a page that answered a sent form is asked for like any other when a person loads it again or comes back to it
if (document.getElementById("daquestion")) history.replaceState(history.state, "", location.href);

// taken before any script changes the page, to be compared with what the server sends later
shown = seen(document.getElementById("dabody"));
if (!location.hash) {
  (document.getElementById("da-errors") || document.getElementById("daMainQuestion"))?.focus({ preventScroll: true });
}
pageLoaded();
