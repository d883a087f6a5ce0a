// The items of a list that a screen asks about all at once: they are added, deleted and moved here; without this the same buttons
// have the server do it. What the form has in the end is what is there and not disabled, in the order of the page.

import { whenScreenComes } from "./screen.js";

const items = () => [...document.querySelectorAll("#daform .da-item")];
const isHere = (item) => !item.disabled;
const waits = (item) => item.hidden;
const legendOf = (item) => item.querySelector(".da-item-label");

// the labels belong to places; there is one for each item of the page
let labels = [];
// how the person has arranged the items, to be done again when the same screen comes once more: [number, "here" or "removed"]
let arranged = null;
const questionName = () => document.querySelector("#daform input[name=_question_name]")?.value;

function label() {
  const standing = [...items().filter(isHere), ...items().filter((item) => !isHere(item))];
  standing.forEach((item, place) => {
    if (labels[place] === undefined) return;
    legendOf(item).innerHTML = labels[place];
    for (const button of item.querySelectorAll(".da-item-buttons button")) {
      button.ariaLabel = `${button.textContent}: ${legendOf(item).textContent}`;
    }
  });
}

function changed() {
  label();
  const standing = items().filter((item) => !waits(item));
  arranged = { question: questionName(), order: standing.map((item) => [item.dataset.item, isHere(item) ? "here" : "removed"]) };
  document.dispatchEvent(new CustomEvent("daControlsChanged", { bubbles: true }));
}

function show(item) {
  item.hidden = false;
  item.disabled = false;
}

// --- what the buttons do ---------------------------------------------------------------------------------------------------

// false: the page has no further item, so the server is asked for one
function add() {
  const item = items().find(waits);
  if (!item) return false;
  show(item);
  items().findLast((each) => each !== item && !waits(each))?.after(item);
  changed();
  (item.querySelector("input:not([type=hidden]):enabled, select:enabled, textarea:enabled") || legendOf(item)).focus();
  return true;
}

function markRemoved(item) {
  const { wordRemoved, wordUndo } = item.closest(".da-items").dataset;
  item.disabled = true;
  item.classList.add("da-item-removed");
  const note = document.createElement("p");
  note.className = "da-item-undo";
  note.role = "status";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link";
  button.textContent = wordUndo;
  button.ariaLabel = `${wordUndo}: ${legendOf(item).textContent}`;
  button.addEventListener("click", () => {
    note.remove();
    item.classList.remove("da-item-removed");
    show(item);
    changed();
    legendOf(item).focus();
  });
  note.append(`${wordRemoved}: ${legendOf(item).textContent} `, button);
  // what is disabled holds no button that works
  item.after(note);
  return button;
}

function remove(item) {
  const undo = markRemoved(item);
  changed();
  undo.focus();
  return true;
}

function move(item, button, step) {
  const standing = items().filter(isHere);
  const other = standing[standing.indexOf(item) + step];
  if (other && step < 0) other.before(item);
  else if (other) other.after(item);
  changed();
  button.focus();
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[name^=_list_collect_]");
  const item = button?.closest(".da-item");
  const deeds = {
    _list_collect_add: add,
    _list_collect_remove: () => remove(item),
    _list_collect_earlier: () => move(item, button, -1),
    _list_collect_later: () => move(item, button, 1),
  };
  if (button && deeds[button.name]?.()) event.preventDefault();
});

// --- a screen has come up --------------------------------------------------------------------------------------------------

function arrangeAgain() {
  if (arranged?.question !== questionName()) arranged = null;
  const place = document.querySelector("#daform .da-item-add");
  for (const [number, state] of arranged?.order ?? []) {
    const item = items().find((each) => each.dataset.item === number);
    if (!item) continue;
    show(item);
    if (place) place.before(item);
    if (state === "removed") markRemoved(item);
  }
}

whenScreenComes(({ same }) => {
  if (same) return;
  labels = items().map((item) => legendOf(item).innerHTML);
  arrangeAgain();
  label();
});
