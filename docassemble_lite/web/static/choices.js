// Other choices for controls that are there already: drop-downs, groups of radio buttons or checkboxes, suggestions.

const isSpecial = (box) => box.matches(".danota-checkbox, .daaota-checkbox");

// `choices` are pairs of the key that is posted and the label; what was chosen stays chosen if it is among them
export function offer(controls, choices) {
  const [first] = controls;
  if (!first) return;
  if (first.localName === "select") offerOptions(first, choices);
  else if (first.list) first.list.replaceChildren(...choices.map(([, label]) => new Option("", label)));
  else if (first.closest(".da-group")) offerBoxes(controls, choices);
}

function offerOptions(select, choices) {
  const chosen = [...select.selectedOptions].map((option) => option.value);
  const nothing = [...select.options].find((option) => option.value === "")
    || (select.multiple ? null : new Option(document.body.dataset.wordSelect || "", ""));
  select.replaceChildren(...(nothing ? [nothing] : []), ...choices.map(([key, label]) => new Option(label, key)));
  for (const option of select.options) option.selected = chosen.includes(option.value);
  if (!select.multiple && select.selectedIndex < 0) select.selectedIndex = 0;
}

function offerBoxes(controls, choices) {
  const chosen = controls.filter((box) => box.checked).map((box) => box.value);
  const active = controls.includes(document.activeElement) ? document.activeElement.value : null;
  const place = controls[0].closest(".da-options");
  const pattern = controls.find((box) => !isSpecial(box))?.closest(".da-option");
  if (!pattern) return;
  const special = controls.filter(isSpecial).map((box) => box.closest(".da-option"));
  const made = choices.map(([key, label]) => {
    const option = pattern.cloneNode(true);
    option.querySelector(".dachoicehelp")?.remove();
    const box = option.querySelector("input");
    box.removeAttribute("aria-describedby");
    box.value = key;
    box.checked = chosen.includes(key);
    option.querySelector("label").textContent = label;
    return option;
  });
  place.replaceChildren(...made, ...special);
  place.querySelectorAll(".da-option").forEach((option, number) => {
    const box = option.querySelector("input");
    box.id = `${box.name}_${number}`;
    option.querySelector("label").htmlFor = box.id;
  });
  if (active !== null) ([...place.querySelectorAll("input")].find((box) => box.value === active) || place.querySelector("input")).focus();
}
