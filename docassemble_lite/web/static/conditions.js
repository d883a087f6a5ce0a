// Fields that depend on others: they are shown or hidden, enabled or disabled, while the screen is filled in. The server judges
// by the same rules what was posted, except for those that depend on a script: about these the form tells it.

import { allControls, controlsNamed, isActive, postedBy } from "./controls.js";
import { run } from "./running.js";
import { whenScreenComes } from "./screen.js";

const CONTROLS = "input, select, textarea, button";
// marks a control that is disabled by the condition of its field, and would be enabled otherwise
const OFF = "data-off";

const containers = () => [...document.querySelectorAll("#daform .dashowif")];

function scriptHolds(name) {
  try {
    return Boolean(window.daConditions[name]());
  } catch (error) {
    console.error("The condition of a field can't be evaluated.", error);
    return false;
  }
}

function holds({ ifControl, ifTexts, ifNegated, ifScript }) {
  if (ifScript) return scriptHolds(ifScript);
  const active = controlsNamed(ifControl).filter(isActive);
  if (!active.length) return false;
  const texts = JSON.parse(ifTexts);
  const posted = postedBy(active);
  return (posted.length ? posted : [""]).some((text) => texts.includes(text.trim())) !== (ifNegated !== undefined);
}

function setActive(container, active) {
  for (const control of container.querySelectorAll(CONTROLS)) {
    if (!active && !control.disabled) {
      control.disabled = true;
      control.setAttribute(OFF, "");
    } else if (active && control.hasAttribute(OFF)) {
      control.disabled = false;
      control.removeAttribute(OFF);
    }
  }
}

// whether this changed anything
function judge(container) {
  const effect = container.dataset.ifEffect;
  const active = holds(container.dataset) === (effect === "show" || effect === "enable");
  const hides = effect === "show" || effect === "hide";
  const before = [container.hidden, container.classList.contains("da-disabled")];
  if (hides) container.hidden = !active;
  else container.classList.toggle("da-disabled", !active);
  setActive(container, active);
  return container.hidden !== before[0] || container.classList.contains("da-disabled") !== before[1];
}

// --- fields that disable others while something is entered in them --------------------------------------------------------------

// marks a control that another field has disabled, and that would be enabled otherwise
const GIVEN_WAY = "data-given-way";

const isEntered = (controls) => postedBy(controls).some((text) => !["", "_none"].includes(text.trim()));

// the names of the controls that are to be disabled; the first of two that disable each other wins
function namesGivingWay() {
  const able = [];
  for (const container of document.querySelectorAll("#daform [data-disable-others]")) {
    const controls = [...container.querySelectorAll(CONTROLS)].filter((control) => isActive(control) || control.hasAttribute(GIVEN_WAY));
    if (controls.length && isEntered(controls)) able.push([controls[0].name, container.dataset.disableOthers.split(" ")]);
  }
  let names = new Set();
  for (const [name, others] of able) if (!names.has(name)) others.forEach((other) => names.add(other));
  // one that is disabled itself has no effect on those after it, or before it
  for (let round = 0; round < able.length; round += 1) {
    const before = names;
    names = new Set(able.flatMap(([name, others]) => (before.has(name) ? [] : others)));
  }
  return names;
}

// whether this changed anything
function judgeOthers() {
  const names = namesGivingWay();
  let changed = false;
  for (const control of allControls()) {
    const gives = names.has(control.name);
    if (gives ? control.disabled : !control.hasAttribute(GIVEN_WAY)) continue;
    control.disabled = gives;
    control.toggleAttribute(GIVEN_WAY, gives);
    control.closest(".da-field-container")?.classList.toggle("da-disabled", gives);
    changed = true;
  }
  return changed;
}

const disabling = () => Boolean(document.querySelector("#daform [data-disable-others]"));

function sayWhatIsThere() {
  const input = document.querySelector("#daform input[name=_visible]");
  const names = allControls().filter(isActive).map((control) => control.name);
  if (input) input.value = btoa(JSON.stringify([...new Set(names)]));
}

function judgeAll() {
  const all = containers();
  if (!all.length && !disabling()) return;
  // one may depend on another; two that depend on each other don't go on for ever
  for (let round = 0; round <= all.length + 1; round += 1) {
    if (![...all.map(judge), judgeOthers()].some(Boolean)) break;
  }
  sayWhatIsThere();
}

// the window comes after the document, where a control that was changed may change others; "pageshow": a browser may have put
// back what had been typed
for (const kind of ["input", "change", "daControlsChanged", "pageshow"]) window.addEventListener(kind, judgeAll);

whenScreenComes(({ nonce }) => {
  // a screen that took the place of another one brings its scripts along; HTML that got into it doesn't know its nonce
  for (const script of nonce ? document.querySelectorAll("#daform script.da-condition") : []) {
    if (script.nonce === nonce) run(script.textContent);
  }
  judgeAll();
});
