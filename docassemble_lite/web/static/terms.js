// The explanation of a term closes when the focus leaves it; the browser itself opens it.

document.addEventListener("focusout", (event) => {
  const term = event.target.closest?.(".daterm");
  const explanation = term && document.getElementById(term.getAttribute("popovertarget"));
  if (explanation?.matches(":popover-open") && !explanation.contains(event.relatedTarget)) explanation.hidePopover();
});
