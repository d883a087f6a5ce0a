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
const isSpecial = (control) => control.matches(".danota-checkbox, .daaota-checkbox");
// of several controls, one for each thing to choose
const isOneOfGroup = (control) => control.closest(".da-group") !== null;

// what the controls of one name post
export function postedBy(controls) {
  return controls.flatMap((control) => {
    if (control.type === "radio" || control.type === "checkbox") return control.checked ? [control.value] : [];
    if (control.localName === "select") return [...control.selectedOptions].map((option) => option.value);
    return [control.value];
  });
}

// --- the names of variables ------------------------------------------------------------------------------------------------

// names of controls that aren't made of their variables' names → what would have been
function otherNames() {
  const varnames = document.querySelector("#daform input[name=_varnames]")?.value;
  return varnames ? JSON.parse(decoded(varnames)) : {};
}

// the names of a variable's controls: where it has several, only the first is named after it
function namesOf(variable) {
  const own = encoded(variable);
  return [own, ...Object.entries(otherNames()).filter(([, name]) => name === own).map(([name]) => name)];
}

// the variable that a control asks for; nothing for those of every form
export function variableOf(control) {
  const name = otherNames()[control.name] ?? control.name;
  return !name || name.startsWith("_") || name === "csrf_token" ? "" : decoded(name);
}

const allControlsOf = (variable) => namesOf(variable).flatMap(controlsNamed);

// as the controls are named: in quotes as Python writes them, with what x and the iterators stand for
function spelled(variable) {
  const bound = JSON.parse(document.getElementById("daquestion")?.dataset.iterators || "{}");
  return variable
    .replace(/\["([^"'\\]*)"\]/g, "['$1']")
    .replace(/^x(?=[.[])/, () => bound.x ?? "x")
    .replace(/\[([ijklmn])\]/g, (whole, iterator) => (iterator in bound ? `[${bound[iterator]}]` : whole));
}

// fruit['Apple'], fruit[nota] or fruit[aota]: one of the boxes of `fruit`
const ITEM = /^(.+)\[(?:(nota|aota)|(['"])(.*)\3)\]$/s;

function itemOf(name) {
  const [, group, special, , key] = ITEM.exec(name) ?? [];
  if (!group) return [];
  const isMeant = special
    ? (control) => control.classList.contains(`da${special}-checkbox`)
    : (control) => !isSpecial(control) && control.value === key.replace(/\\(.)/g, "$1");
  return allControlsOf(group).filter((control) => control.type === "checkbox" && isOneOfGroup(control) && isMeant(control));
}

// the controls of a variable that can be answered, and whether that is one of the boxes of another variable
function find(variable) {
  const name = spelled(variable);
  const whole = allControlsOf(name);
  const controls = whole.length ? whole : itemOf(name);
  return { controls: controls.filter(isActive), isItem: !whole.length };
}

export const controlsOf = (variable) => find(variable).controls;

// --- what scripts of interviews call --------------------------------------------------------------------------------------

export function getField(variable) {
  const { controls: [first], isItem } = find(variable);
  if (!first) return null;
  return isOneOfGroup(first) && !isItem ? first.closest("fieldset") : first;
}

export function getFields() {
  const names = [];
  for (const control of allControls()) {
    const name = variableOf(control);
    // the choices of a question without a variable have none
    if (!name || isSpecial(control)) continue;
    names.push(name);
    if (control.type === "checkbox" && isOneOfGroup(control)) names.push(`${name}[${JSON.stringify(control.value)}]`);
  }
  return [...new Set(names)];
}

const truths = { True: true, False: false };
const meaning = (text) => (text in truths ? truths[text] : text);
const ticked = (controls) => controls.filter((control) => control.checked).map((control) => control.value);
// a box for a field of its own stands for False where the author wrote noyes
const saysYes = (box) => box.value !== "False";

export function val(variable) {
  const { controls, isItem } = find(variable);
  const [first] = controls;
  if (!first) return null;
  if (first.type === "radio") return meaning(ticked(controls)[0] ?? null);
  if (isItem) return first.checked;
  if (first.type === "checkbox" && !isOneOfGroup(first)) return first.checked === saysYes(first);
  if (first.type === "checkbox") return ticked(controls.filter((control) => !isSpecial(control)));
  if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
  return first.localName === "select" ? meaning(first.value) : first.value;
}

export function setField(variable, value) {
  const { controls, isItem } = find(variable);
  const [first] = controls;
  if (!first) return;
  const isTrue = Boolean(typeof value === "string" ? meaning(value) : value);
  if (isItem) check(first, isTrue);
  else if (first.type === "checkbox" && !isOneOfGroup(first)) check(first, isTrue === saysYes(first));
  else setTexts(controls, (Array.isArray(value) ? value : [value]).map((item) => posted(item, first)));
}

// how a form writes a value
function posted(value, control) {
  if (value === null || value === undefined) return control.type === "radio" ? "None" : "";
  return Object.keys(truths).find((key) => truths[key] === value) ?? String(value);
}

// --- changing controls -----------------------------------------------------------------------------------------------------

function announce(control) {
  for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
}

function check(control, wanted) {
  if (control.checked === wanted) return;
  control.checked = wanted;
  announce(control);
}

// have the controls of one variable show what a form would post for it
function setTexts(controls, texts) {
  if (["radio", "checkbox"].includes(controls[0]?.type)) checkThose(controls, texts);
  else for (const control of controls) setText(control, texts);
}

// "all of the above" follows the others by itself
function checkThose(controls, texts) {
  for (const control of controls.filter((each) => !isSpecial(each))) check(control, texts.includes(control.value));
  for (const control of controls.filter(isSpecial)) {
    if (texts.includes(control.value)) check(control, true);
    else if (control.classList.contains("danota-checkbox")) control.checked = false;
  }
}

function setText(control, texts) {
  const text = texts.at(-1) ?? "";
  const before = postedBy([control]).join("\n");
  if (control.multiple) for (const option of control.options) option.selected = texts.includes(option.value);
  // which file is sent is for the person to say
  else if (control.type === "file") control.value = "";
  else control.value = text;
  // scripts expect to be heard, also where nothing changes; what the server fills in must not lead to the next check-in
  if (!populating || postedBy([control]).join("\n") !== before) announce(control);
}

// fill in what the server sends: variable → { texts, choices }. What the person is typing into at this moment stays as it is.
export function populate(values) {
  populating = true;
  try {
    for (const [variable, { texts, choices }] of Object.entries(values)) {
      const controls = allControlsOf(variable);
      const busy = controls.some((control) => control === document.activeElement && touched.has(control.name));
      if (busy) continue;
      for (const name of new Set(controls.map((control) => control.name))) {
        if (choices) offer(controlsNamed(name), choices);
        if (texts) setTexts(controlsNamed(name), texts);
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
