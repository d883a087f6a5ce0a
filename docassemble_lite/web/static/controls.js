// The controls of the screen by the variables that they ask for.

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

// a hidden input with an id is a field of the author's
const CONTROLS = ["input:not([type=hidden])", "input[type=hidden][id]", "textarea", "select"].map((kind) => `#daform ${kind}`).join();
const named = (name) => [...document.querySelectorAll(CONTROLS)].filter((control) => control.name === name);
const isSpecial = (control) => control.matches(".danota-checkbox, .daaota-checkbox");
// of several controls, one for each thing to choose
const isOneOfGroup = (control) => control.closest(".da-group") !== null;

// --- the names of variables ------------------------------------------------------------------------------------------------

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
  return named(encoded(group)).filter((control) => control.type === "checkbox" && isOneOfGroup(control) && isMeant(control));
}

// the enabled controls of a variable, and whether that is one of the boxes of another variable
function find(variable) {
  const name = spelled(variable);
  const whole = named(encoded(name));
  const controls = whole.length ? whole : itemOf(name);
  return { controls: controls.filter((control) => !control.matches(":disabled")), isItem: !whole.length };
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
  for (const control of document.querySelectorAll("#daform .da-form-group [name]")) {
    // the choices of a question without a variable
    if (control.name.startsWith("_") || isSpecial(control)) continue;
    const name = decoded(control.name);
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
  if (control.multiple) for (const option of control.options) option.selected = texts.includes(option.value);
  // which file is sent is for the person to say
  else if (control.type === "file") control.value = "";
  else control.value = text;
  announce(control);
}

// fill in what the server sends: variable → texts. What the person is typing into at this moment stays as it is.
export function populate(values) {
  populating = true;
  try {
    for (const [variable, texts] of Object.entries(values)) {
      const controls = controlsOf(variable);
      const busy = controls.some((control) => control === document.activeElement && touched.has(control.name));
      if (!busy) setTexts(controls, texts);
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
  const entered = [...touched].map((name) => [name, named(name).map(({ value, checked, options, multiple }) => (
    { value, checked, chosen: multiple ? [...options].filter((option) => option.selected).map((option) => option.value) : null }
  ))]);
  return { entered, caret };
}

export function typeAgain({ entered, caret }) {
  for (const [name, states] of entered) {
    const controls = named(name);
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
  if (caret && document.activeElement?.setSelectionRange) document.activeElement.setSelectionRange(...caret);
}
