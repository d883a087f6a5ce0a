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

const all = () => document.querySelectorAll("#daform input:not([type=hidden]), #daform textarea, #daform select");
const named = (name) => [...all()].filter((control) => control.name === name);

// the enabled controls of a variable
export function controlsOf(variable) {
  return named(encoded(variable)).filter((control) => !control.disabled);
}

export function getField(variable) {
  const [first, ...others] = controlsOf(variable);
  return others.length ? first.closest("fieldset") : first || null;
}

export function getFields() {
  const names = [...document.querySelectorAll("#daform .da-form-group [name]")].map((control) => control.name);
  return [...new Set(names)].map(decoded);
}

const constants = { True: true, False: false, None: null };
const meaning = (text) => (text in constants ? constants[text] : text);

export function val(variable) {
  const controls = controlsOf(variable);
  const [first] = controls;
  if (!first) return null;
  if (first.type === "radio") return meaning(controls.find((control) => control.checked)?.value ?? null);
  if (first.type === "checkbox" && controls.length === 1) return first.checked;
  if (first.type === "checkbox") return controls.filter((control) => control.checked).map((control) => control.value);
  if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
  return first.value;
}

export function setField(variable, value) {
  const controls = controlsOf(variable);
  const wanted = (Array.isArray(value) ? value : [value]).map((item) => {
    const word = Object.keys(constants).find((key) => constants[key] === item);
    return word || String(item);
  });
  const [first] = controls;
  if (first?.type === "checkbox" && controls.length === 1) setTexts(controls, value ? [first.value] : []);
  else if (first && !first.multiple && first.type !== "radio" && first.type !== "checkbox") setTexts(controls, [String(value ?? "")]);
  else setTexts(controls, wanted);
}

// have the controls of one variable show what a form would post for it
function setTexts(controls, texts) {
  for (const control of controls) {
    if (control.type === "radio" || control.type === "checkbox") control.checked = texts.includes(control.value);
    else if (control.multiple) for (const option of control.options) option.selected = texts.includes(option.value);
    else control.value = texts.at(-1) ?? "";
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
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
