// Text fields whose suggestions come from the server while a person types.

import { whenScreenComes } from "./screen.js";

// milliseconds without a key before the server is asked
const PAUSE = 250;

const FIELDS = "#daform input[data-suggest]";
const timers = new WeakMap();

// what the field's action says for a text: pairs of value and label
async function suggested(control, text) {
  const answer = await fetch(window.url_action(control.dataset.suggest, { wordstart: text }), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const found = await answer.json();
  if (!Array.isArray(found)) return Object.entries(found);
  return found.flatMap((item) => {
    if (Array.isArray(item)) return [[item[0], item[1] ?? item[0]]];
    return item && typeof item === "object" ? Object.entries(item) : [[item, item]];
  }).map(([value, label]) => [String(value), String(label)]);
}

async function suggest(control) {
  const text = control.value.trim();
  if (text.length < Number(control.dataset.suggestAt)) return;
  try {
    const found = await suggested(control, text);
    // of several answers the one for what stands there now counts
    if (control.value.trim() === text) control.list.replaceChildren(...found.map(([, label]) => new Option("", label)));
  } catch (error) {
    console.error(`The action “${control.dataset.suggest}” gave no suggestions.`, error);
  }
}

document.addEventListener("input", (event) => {
  const control = event.target;
  // what was taken from the list needs no list
  if (!control.matches?.(FIELDS) || event.inputType === "insertReplacementText") return;
  clearTimeout(timers.get(control));
  timers.set(control, setTimeout(() => suggest(control), PAUSE));
});

// the variable holds a value; a person knows its label
async function showLabel(control) {
  const value = control.value;
  try {
    const known = (await suggested(control, value)).find(([key]) => key === value);
    if (known && control.value === value) control.value = known[1];
  } catch (error) {
    console.error(`The action “${control.dataset.suggest}” doesn't know “${value}”.`, error);
  }
}

whenScreenComes(({ same }) => {
  if (!same) document.querySelectorAll(FIELDS).forEach((control) => { if (control.value) showLabel(control); });
});
