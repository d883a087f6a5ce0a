// Messages that come while a screen is there. They stand above it, in sight wherever the page is scrolled to, until they are
// closed or the page is left.

const SECONDS = 1000;
// how long a message of success stays; nobody has to do anything about it
const SUCCESS = 3 * SECONDS;

function place() {
  let here = document.getElementById("da-flashes");
  if (!here) {
    here = document.createElement("div");
    here.id = "da-flashes";
    document.querySelector("main").prepend(here);
  }
  return here;
}

// what a person is busy with stays where it is, as far as the page can be scrolled
export function holdStill(change) {
  const busy = document.activeElement?.closest("#daform") ? document.activeElement : null;
  const before = busy?.getBoundingClientRect().top;
  change();
  if (busy?.isConnected) window.scrollBy({ top: busy.getBoundingClientRect().top - before, behavior: "instant" });
}

// `priority` is one of Bootstrap's: "info", "success", "warning", "danger" …; with `clear` the messages that are there go away.
// Without a text that is all.
export function flash(text, priority, clear = false) {
  if (clear) document.querySelectorAll(".da-notice").forEach((notice) => notice.remove());
  return text === null || text === undefined ? null : show(text, priority || "info");
}

// a message stands there once: what says the same makes room for it, also where it has the focus
function show(text, priority) {
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
  const same = [...document.querySelectorAll(".da-flashed")].filter(
    (former) => former.className === notice.className && former.firstElementChild.textContent === String(text),
  );
  const isHeld = same.some((former) => former.contains(document.activeElement));
  holdStill(() => {
    same.forEach((former) => former.remove());
    place().append(notice);
  });
  if (isHeld) close.focus({ preventScroll: true });
  // a screen reader speaks what changes in a place that it knows already
  words.textContent = text;
  if (priority === "success") setTimeout(() => notice.remove(), SUCCESS);
  return notice;
}
