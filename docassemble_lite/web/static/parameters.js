// What stands in the controls of the screen at this moment, as a form would send it, by the variables that they ask for.

import { allControls, isActive, variableOf } from "./controls.js";

// the key of a choice as Python writes it
function quoted(key) {
  const escaped = key.replaceAll("\\", "\\\\");
  return key.includes("'") && !key.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

// variable → text, or a list of texts where several can be selected; a group of checkboxes has one for each box
export function parameters() {
  const found = {};
  for (const control of allControls().filter(isActive)) {
    const variable = variableOf(control);
    // what files and signatures post means nothing to an action
    if (!variable || control.closest(".da-files, .da-signature")) continue;
    if (control.type === "radio") {
      found[variable] ??= "";
      if (control.checked) found[variable] = control.value;
    } else if (control.type === "checkbox" && control.closest(".da-group")) {
      if (!control.value.startsWith("_")) found[`${variable}[${quoted(control.value)}]`] = control.checked ? "True" : "";
    } else if (control.type === "checkbox") {
      found[variable] = control.checked ? control.value : "";
    } else if (control.multiple) {
      found[variable] = [...control.selectedOptions].map((option) => option.value);
    } else {
      found[variable] = control.value;
    }
  }
  return found;
}
