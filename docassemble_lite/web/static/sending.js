// A form is sent once.

const SECONDS = 1000;
// how long a sent form waits for its answer before it may be sent again: a download leaves the page standing
const PATIENCE = 15 * SECONDS;

let sent = false;
let patience = 0;

// whether a form is on its way, so that the page must not change any more
export const isSent = () => sent;

// the buttons keep the focus, so they are marked rather than disabled; what is pressed again is refused below
function setSent(value, pressed) {
  sent = value;
  for (const button of document.querySelectorAll("button[type=submit]")) {
    button.ariaDisabled = value ? "true" : null;
    button.classList.toggle("da-pressed", value && button === pressed);
  }
}

// how many things have to be done before a form may be sent, and what is to send it then
let holding = 0;
let held = null;

export function holdForm() {
  holding += 1;
}

export function releaseForm() {
  holding -= 1;
  if (holding > 0 || !held) return;
  const { form, submitter } = held;
  held = null;
  if (form.isConnected && !form.querySelector(".da-files-state.da-has-error")) form.requestSubmit(submitter);
  else setSent(false);
}

document.addEventListener("submit", (event) => {
  if (holding > 0) {
    // a form that was sent while a file was on its way goes after it
    event.preventDefault();
    held = { form: event.target, submitter: event.submitter };
    event.submitter?.classList.add("da-pressed");
    return;
  }
  if (sent) {
    event.preventDefault();
    return;
  }
  setSent(true, event.submitter);
  clearTimeout(patience);
  patience = setTimeout(() => setSent(false), PATIENCE);
});

// a page that comes back from the browser's memory must work again
window.addEventListener("pageshow", (event) => {
  if (event.persisted) setSent(false);
});
