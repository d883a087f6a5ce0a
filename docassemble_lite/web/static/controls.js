// The controls of the screen by the variables that they ask for.

import { offer } from "./choices.js";

export const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/=+$/, "");
export const decoded = (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));

// controls that a person has changed since the screen came up, by their names, and whether we are changing one ourselves
const touched = new Set();
let populating = false;

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (!populating && event.target.closest?.("#daform") && event.target.name) touched.add(event.target.name);
  });
}

export const isTyping = () => touched.size > 0;
export const forgetTyping = () => touched.clear();

const CONTROLS = "input:not([type=hidden]), .da-hidden-field, textarea, select";
export const allControls = () => [...document.querySelectorAll(`#daform :is(${CONTROLS})`)];

export const controlsNamed = (name) => allControls().filter((control) => control.name === name);
// whether a control can be answered, so that it will be posted
export const isActive = (control) => !control.matches(":disabled");

// names of controls that aren't made of their variables' names → what would have been
function otherNames() {
  const varnames = document.querySelector("#daform input[name=_varnames]")?.value;
  return varnames ? JSON.parse(decoded(varnames)) : {};
}

// as the controls are named: in quotes as Python writes them, and with what x and the iterators stand for
function spelled(variable) {
  const bound = JSON.parse(document.getElementById("daquestion")?.dataset.iterators || "{}");
  return variable
    .replace(/\["([^"'\\]*)"\]/g, "['$1']")
    .replace(/^x(?=[.[])/, () => bound.x ?? "x")
    .replace(/\[([ijklmn])\]/g, (whole, iterator) => (iterator in bound ? `[${bound[iterator]}]` : whole));
}

// the names of a variable's controls: where it has several, only the first is named after it
function namesOf(variable) {
  const own = encoded(spelled(variable));
  return [own, ...Object.entries(otherNames()).filter(([, name]) => name === own).map(([name]) => name)];
}

// the variable that a control asks for; nothing for those of every form
export function variableOf(control) {
  const name = otherNames()[control.name] ?? control.name;
  return !name || name.startsWith("_") || name === "csrf_token" ? "" : decoded(name);
}

const allControlsOf = (variable) => namesOf(variable).flatMap(controlsNamed);

// the controls of a variable that can be answered
export const controlsOf = (variable) => allControlsOf(variable).filter(isActive);

// what the controls of one name post
export function postedBy(controls) {
  return controls.flatMap((control) => {
    if (control.type === "radio" || control.type === "checkbox") return control.checked ? [control.value] : [];
    if (control.localName === "select") return [...control.selectedOptions].map((option) => option.value);
    return [control.value];
  });
}

// --- one checkbox of a group, known by its choice: fruit['apple'], fruit[nota], fruit[aota] -----------------------------

const CHOICE = /^(.+)\[(?:'(.*)'|"(.*)"|(nota|aota))\]$/;
const SPECIAL_BOXES = { nota: "danota-checkbox", aota: "daaota-checkbox" };
const isSpecial = (box) => Object.values(SPECIAL_BOXES).some((name) => box.classList.contains(name));
const isGroup = ([first]) => first?.type === "checkbox" && Boolean(first.closest(".da-group"));

function boxOf(variable) {
  const [, group, single, double, special] = CHOICE.exec(variable) || [];
  if (!group || controlsOf(variable).length) return null;
  const boxes = controlsOf(group);
  if (!isGroup(boxes)) return null;
  if (special) return boxes.find((box) => box.classList.contains(SPECIAL_BOXES[special])) || null;
  return boxes.find((box) => box.value === (single ?? double) && !isSpecial(box)) || null;
}

// --- what scripts call ----------------------------------------------------------------------------------------------

export function getField(variable) {
  const box = boxOf(variable);
  if (box) return box;
  const controls = controlsOf(variable);
  const [first] = controls;
  return controls.length > 1 || isGroup(controls) ? first.closest("fieldset") : first || null;
}

export function getFields() {
  return [...new Set(allControls().map(variableOf))].filter(Boolean).flatMap((variable) => {
    const boxes = allControlsOf(variable);
    const choices = isGroup(boxes) ? boxes.filter((box) => !isSpecial(box)) : [];
    return [variable, ...choices.map((box) => `${variable}[${JSON.stringify(box.value)}]`)];
  });
}

const constants = { True: true, False: false };
const meaning = (text) => (Object.hasOwn(constants, text) ? constants[text] : text);

export function val(variable) {
  const box = boxOf(variable);
  if (box) return box.checked;
  const controls = controlsOf(variable);
  const [first] = controls;
  if (!first) return null;
  if (first.type === "radio") return meaning(controls.find((control) => control.checked)?.value ?? null);
  if (isGroup(controls)) return controls.filter((control) => control.checked && !isSpecial(control)).map((control) => control.value);
  if (first.type === "checkbox") return first.checked === (first.value !== "False");
  if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
  return first.value;
}

export function setField(variable, value) {
  const box = boxOf(variable);
  if (box) {
    setChecked(box, isTrue(value));
    return;
  }
  const controls = controlsOf(variable);
  const wanted = (Array.isArray(value) ? value : [value]).map((item) => {
    if (item === null) return "None";
    return Object.keys(constants).find((key) => constants[key] === item) || String(item);
  });
  const [first] = controls;
  if (first?.type === "checkbox" && !isGroup(controls)) {
    setChecked(first, isTrue(value) === (first.value !== "False"));
  } else if (first && !first.multiple && first.type !== "radio" && first.type !== "checkbox") {
    setTexts(controls, [String(value ?? "")]);
  } else {
    setTexts(controls, wanted);
  }
}

const isTrue = (value) => Boolean(typeof value === "string" ? meaning(value) : value);

function setChecked(box, checked) {
  if (box.checked === checked) return;
  box.checked = checked;
  tellChange(box);
}

function tellChange(control) {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

// have the controls of one variable show what a form would post for it
function setTexts(controls, texts) {
  if (["radio", "checkbox"].includes(controls[0]?.type)) {
    setBoxes(controls, texts);
    return;
  }
  for (const control of controls) {
    const before = postedBy([control]).join("\n");
    // which file is sent is for the person to say
    if (control.type === "file") control.value = "";
    else if (control.multiple) for (const option of control.options) option.selected = texts.includes(option.value);
    else control.value = texts.at(-1) ?? "";
    if (!populating || postedBy([control]).join("\n") !== before) tellChange(control);
  }
}

// "all of the above" follows the others by itself, and would take them along if it were unchecked before them
function setBoxes(boxes, texts) {
  for (const box of boxes.filter((each) => !isSpecial(each))) setChecked(box, texts.includes(box.value));
  for (const box of boxes.filter(isSpecial)) {
    if (texts.includes(box.value)) setChecked(box, true);
    else if (box.classList.contains(SPECIAL_BOXES.nota)) box.checked = false;
  }
}

// fill in what the server sends: variable → { texts, choices }. What the person is typing into at this moment stays as it is.
export function populate(values) {
  populating = true;
  try {
    for (const [variable, { texts, choices }] of Object.entries(values)) {
      const controls = allControlsOf(variable);
      const busy = controls.some((control) => control === document.activeElement && touched.has(control.name));
      for (const name of new Set(controls.map((control) => control.name))) {
        // the server judges by the new choices; they leave the focus, and what was chosen or typed, as it is
        if (choices) offer(controlsNamed(name), choices);
        if (texts && !busy) setTexts(controlsNamed(name), texts);
      }
    }
  } finally {
    populating = false;
  }
}

// what the person has entered so far, to be put into a fresh copy of the same screen
export function typedSoFar() {
  const active = document.activeElement;
  const caret = active && touched.has(active.name) && /^(text|search|tel|url|password|textarea)$/.test(active.type)
    ? [active.selectionStart, active.selectionEnd] : null;
  const entered = [...touched].map((name) => [name, controlsNamed(name).map(({ value, checked, options, multiple }) => (
    { value, checked, chosen: multiple ? [...options].filter((option) => option.selected).map((option) => option.value) : null }
  ))]);
  return { entered, caret };
}

export function typeAgain({ entered }) {
  for (const [name, states] of entered) {
    const controls = controlsNamed(name);
    if (controls.length !== states.length) continue;
    controls.forEach((control, number) => {
      const state = states[number];
      if (control.type === "radio" || control.type === "checkbox") {
        if (control.value === state.value) control.checked = state.checked;
      } else if (state.chosen) {
        for (const option of control.options) option.selected = state.chosen.includes(option.value);
      } else if (control.localName !== "select" || [...control.options].some((option) => option.value === state.value)) {
        control.value = state.value;
      }
    });
    touched.add(name);
  }
  document.dispatchEvent(new CustomEvent("daControlsChanged", { bubbles: true }));
}

export function placeCaret({ caret }) {
  if (caret && document.activeElement?.setSelectionRange) document.activeElement.setSelectionRange(...caret);
}
