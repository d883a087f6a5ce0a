// A screen that is replaced by a fresh one from the server while the page stays.

import { forgetTyping, isTyping, placeCaret, typeAgain, typedSoFar } from "./controls.js";
import { flash } from "./notices.js";
import { runHeldScripts, withOurNonce } from "./running.js";
import { isSent } from "./sending.js";

const SECONDS = 1000;
// how long a screen stays at least before another one takes its place by itself: nobody can read what only flashes by
const READABLE = 1 * SECONDS;
// how long after a failure it is tried again
const AGAIN = 3 * SECONDS;

let shown = "";
let shownAt = 0;
const onScreen = [];

// calls back now and whenever another screen has come up; with `nonce` it has taken the place of one on this page, and that
// is what its own scripts carry
export function whenScreenComes(work) {
  onScreen.push(work);
}

// the styles of the screen's author: what follows the last script of the page in its head
function stylesOf(page) {
  const nodes = [...page.head.childNodes];
  return nodes.slice(nodes.indexOf(page.getElementById("da-start")) + 1);
}

// what a person can see of a page, without the tokens that differ each time
function seen(page) {
  const copy = document.createElement("div");
  copy.append(...[...stylesOf(page), page.getElementById("dabody")].map((node) => node.cloneNode(true)));
  copy.querySelectorAll("[nonce]").forEach((element) => element.removeAttribute("nonce"));
  copy.querySelectorAll("input[type=hidden]").forEach((input) => input.removeAttribute("value"));
  copy.querySelectorAll("script").forEach((script) => script.removeAttribute("nonce"));
  copy.querySelector("#da-flashes")?.remove();
  const question = copy.querySelector("#daquestion");
  for (const name of Object.keys(question?.dataset ?? {})) delete question.dataset[name];
  return copy.innerHTML;
}

// of a screen that looks the same: the tokens, and what it waits for
function takeTokens(from) {
  for (const form of from.querySelectorAll("form[id]")) {
    const here = document.getElementById(form.id);
    for (const input of form.querySelectorAll("input[type=hidden]:not(.da-hidden-field)")) {
      const twin = here && here.querySelector(`input[type=hidden][name="${CSS.escape(input.name)}"]`);
      if (twin) twin.value = input.value;
    }
  }
  const question = document.getElementById("daquestion");
  const fresh = from.getElementById("daquestion");
  for (const name of Object.keys(question.dataset)) delete question.dataset[name];
  Object.assign(question.dataset, fresh.dataset);
}

function spoken(root) {
  const text = (selector) => (root.querySelector(selector)?.textContent || "").replace(/\s+/g, " ").trim();
  return [text("#daMainQuestion"), text(".da-subquestion")];
}

let silence = 0;

function announce(before, after) {
  const live = document.getElementById("da-live");
  live.textContent = before[0] === after[0] ? after[1] : after.join(" ");
  // once spoken it would only be a second copy of the text at the end of the page
  clearTimeout(silence);
  silence = setTimeout(() => { live.textContent = ""; }, 8 * SECONDS);
}

function takeScreen(fresh) {
  const here = document.getElementById("dabody");
  const there = fresh.getElementById("dabody");
  const focused = here.contains(document.activeElement) ? document.activeElement : null;
  const before = spoken(here);
  const typed = sameQuestion(fresh) ? typedSoFar() : null;
  const flashes = document.getElementById("da-flashes");
  const { nonce } = fresh.querySelector("script[nonce]");
  shown = seen(fresh);
  stylesOf(document).forEach((node) => node.remove());
  document.head.append(...stylesOf(fresh));
  here.replaceChildren(...there.childNodes);
  if (flashes) document.querySelector("main").prepend(flashes);
  document.body.className = fresh.body.className;
  document.title = fresh.title;
  announce(before, spoken(here));
  screenHasCome({ typed, nonce });
  // a field can't be focused before it is there again
  if (focused && !here.contains(document.activeElement)) {
    const twin = document.getElementById(focused.id) || document.getElementById("daMainQuestion");
    twin?.focus({ preventScroll: true });
  }
  if (typed) placeCaret(typed);
}

const questionOf = (root) => root.querySelector("#daform input[name=_question_name]")?.value;
const sameQuestion = (fresh) => questionOf(document) === questionOf(fresh);

// with `glance` the server saves nothing, so that the page that is here stays valid
async function fetchScreen({ glance = false } = {}) {
  const form = document.getElementById("daform");
  // another tab may be in another session of the same interview
  const session = form.elements.namedItem("_session")?.value || "";
  const headers = { Accept: "text/html", "X-Session": session };
  if (glance) headers["X-Glance"] = "1";
  const answer = await fetch(form.action, { headers });
  const fresh = new DOMParser().parseFromString(withOurNonce(await answer.text(), answer), "text/html");
  return { answer, fresh };
}

// whether the screen is up to date now; what the person is typing is never thrown away
async function takeFresh() {
  let found;
  try {
    if (isTyping()) {
      const { fresh } = await fetchScreen({ glance: true });
      if (fresh.getElementById("daquestion") && !sameQuestion(fresh)) {
        if (isTyping()) offer();
        else refresh();
        return true;
      }
    }
    found = await fetchScreen();
  } catch (error) {
    console.warn("The page could not be loaded again; trying once more.", error);
    return false;
  }
  const { answer, fresh } = found;
  if (isSent()) return true;
  if (isTyping() && !sameQuestion(fresh) && fresh.getElementById("daquestion")) {
    // the first letter was typed just now
    offer();
    return true;
  }
  if (!fresh.getElementById("daquestion")) {
    // a mistake of the interview is shown, or a person would wait for ever; another error may pass and keeps the screen in place
    if (!answer.ok && answer.status !== 500) return false;
    location.assign(answer.url);
    return true;
  }
  if (seen(fresh) === shown) {
    takeTokens(fresh);
    screenHasCome({ same: true });
  } else {
    takeScreen(fresh);
  }
  return true;
}

// the person is in the middle of an answer: the new screen waits until it is asked for
function offer() {
  if (document.getElementById("da-offer")) return;
  const notice = flash(document.body.dataset.wordChanged, "info");
  notice.id = "da-offer";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link";
  button.textContent = document.body.dataset.wordShow;
  button.addEventListener("click", () => {
    forgetTyping();
    notice.remove();
    refresh();
  });
  notice.querySelector("span").append(" ", button);
}

let refreshing = false;
let refreshAgain = false;

// have the screen be up to date, at once or as soon as it can be
export async function refresh() {
  refreshAgain = true;
  if (refreshing) return;
  refreshing = true;
  while (refreshAgain) {
    const left = shownAt + READABLE - performance.now();
    if (left > 0) await new Promise((done) => { setTimeout(done, left); });
    // what happens from now on may be missing in what the server sends
    refreshAgain = false;
    if (!isSent() && !await takeFresh()) {
      await new Promise((done) => { setTimeout(done, AGAIN); });
      refreshAgain = true;
    }
  }
  refreshing = false;
}

// --- a screen that loads again after a number of seconds ------------------------------------------------------------------

let timer = 0;

async function loadAgain() {
  const busy = document.hidden || isTyping() || isSent() || document.querySelector(".da-drawer[open]");
  if (busy || refreshing || !await takeFresh()) waitToLoadAgain();
}

function waitToLoadAgain() {
  const seconds = parseFloat(document.getElementById("daquestion")?.dataset.reload || "0");
  clearTimeout(timer);
  if (seconds > 0) timer = setTimeout(loadAgain, seconds * SECONDS);
}

// --- a screen has come up ----------------------------------------------------------------------------------------------

async function screenHasCome({ same = false, typed = null, nonce = "" } = {}) {
  if (!same) {
    forgetTyping();
    shownAt = performance.now();
  }
  waitToLoadAgain();
  for (const work of onScreen) work({ same, nonce });
  if (typed) typeAgain(typed);
  if (same) return;
  await runHeldScripts();
  document.dispatchEvent(new CustomEvent("daPageLoad"));
  document.dispatchEvent(new CustomEvent("daPageLoaded"));
}

// taken before any script of the author changes the page, to be compared with what the server sends later
export function noteScreen() {
  shown = seen(document);
}

export function beginWithThisScreen() {
  // a page that answered a sent form is asked for like any other when a person loads it again or comes back to it
  if (document.getElementById("daquestion")) history.replaceState(history.state, "", location.href);
  if (!location.hash) {
    (document.getElementById("da-errors") || document.getElementById("daMainQuestion"))?.focus({ preventScroll: true });
  }
  screenHasCome();
}
