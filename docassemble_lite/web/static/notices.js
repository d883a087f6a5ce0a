// Messages that come while a screen is there. They lie over it, so that nothing that is being typed slips away, and stay until
// they are closed or the page is left.

function place() {
  let here = document.getElementById("da-flashes");
  if (!here) {
    here = document.createElement("div");
    here.id = "da-flashes";
    document.body.append(here);
  }
  return here;
}

// `priority` is "info", "success", "warning" or "danger"; with `clear` the messages that are there go away
export function flash(text, priority = "info", clear = false) {
  if (clear) document.querySelectorAll(".da-notice").forEach((notice) => notice.remove());
  const notice = document.createElement("div");
  notice.className = `alert alert-${priority} da-notice da-flashed`;
  notice.role = priority === "danger" ? "alert" : "status";
  const words = document.createElement("span");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.ariaLabel = document.body.dataset.wordClose || "Close";
  close.addEventListener("click", () => notice.remove());
  notice.append(words, close);
  place().append(notice);
  // a screen reader speaks what changes in a place that it knows already
  words.textContent = text;
  return notice;
}
