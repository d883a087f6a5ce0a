// What a page does beyond plain forms and links. Without it everything still works; every listener is on the document,
// so that a screen that was loaded again needs no new ones.

import "./checkin.js";
import "./collecting.js";
import "./conditions.js";
import "./interface.js";
import { noteScreen, whenScreenComes } from "./screen.js";
import "./sending.js";
import "./signature.js";
import "./suggestions.js";
import "./terms.js";
import "./uploads.js";

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
  if (event.target.matches?.("#daform input:not([type=checkbox], [type=radio], [type=range], [type=file]), #daform textarea")) {
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
  const toggle = event.target.closest(".daquestionhelp") && document.getElementById("dahelptoggle");
  if (!toggle) return;
  event.preventDefault();
  toggle.parentElement.open = true;
  toggle.focus();
});

whenScreenComes(() => document.querySelectorAll("input[type=range]").forEach(showRange));

noteScreen();
