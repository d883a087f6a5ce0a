// Messages above the screen.

// `priority` is "info", "success", "warning" or "danger"; with `clear` the messages that are there go away
export function flash(text, priority = "info", clear = false) {
  const place = document.querySelector("main");
  if (clear) place.querySelectorAll(".da-notice").forEach((notice) => notice.remove());
  const notice = document.createElement("div");
  notice.className = `alert alert-${priority} da-notice da-flashed`;
  notice.role = priority === "danger" ? "alert" : "status";
  notice.textContent = text;
  place.prepend(notice);
  return notice;
}
