// Scripts that are no part of the page itself, but of the interview.

export function run(script) {
  const element = document.createElement("script");
  element.nonce = document.querySelector("script[nonce]").nonce;
  element.textContent = script;
  document.head.append(element);
  element.remove();
}

// --- scripts in the HTML of a screen, which the server has held back until the page is ready for them -------------------

const HELD = 'script[type="text/da-script"]';
const done = new WeakSet();

const nonce = () => document.querySelector("script[nonce]").nonce;

// one after the other, each once. What doesn't carry the page's nonce wasn't written by the author.
export async function runHeldScripts() {
  for (const held of document.querySelectorAll(HELD)) {
    if (done.has(held) || held.nonce !== nonce() || !held.isConnected) continue;
    done.add(held);
    if (held.hasAttribute("src")) await load(held);
    else if (held.dataset.type === "module") runModule(held.textContent);
    else run(held.textContent);
  }
}

function load(held) {
  const address = new URL(held.getAttribute("src"), location.href);
  if (address.origin !== location.origin) {
    console.error(`${address} isn't run: scripts come from this server only. Put the file into the folder for static files.`);
    return null;
  }
  const element = document.createElement("script");
  if (held.dataset.type === "module") element.type = "module";
  element.src = address;
  return new Promise((ended) => {
    // that a file isn't there the browser says itself
    for (const end of ["load", "error"]) element.addEventListener(end, ended);
    document.head.append(element);
  }).finally(() => element.remove());
}

function runModule(script) {
  const element = document.createElement("script");
  element.type = "module";
  element.nonce = nonce();
  element.textContent = script;
  document.head.append(element);
  element.remove();
}

// a page that was fetched has another nonce; what its author wrote may act in this page
export function withOurNonce(page, answer) {
  const theirs = /'nonce-([^']+)'/.exec(answer.headers.get("Content-Security-Policy") || "")?.[1];
  return theirs ? page.replaceAll(theirs, nonce()) : page;
}
