// Checking in: a page that waits for something asks the server whether it is there. The server says when to ask, over a
// connection that it holds; where that doesn't get through, the page asks from time to time.

import { populate } from "./controls.js";
import { flash } from "./notices.js";
import { run } from "./running.js";
import { refresh, whenScreenComes } from "./screen.js";

const SECONDS = 1000;
// milliseconds between two check-ins while the server can say when to ask, and until it is connected to again
const WITH_EVENTS = 15 * SECONDS;
const CONNECT_AGAIN = 60 * SECONDS;
const REMEMBERED = 50;

// --- what the page waits for ---------------------------------------------------------------------------------------------

const question = () => document.getElementById("daquestion");
const awaits = () => question()?.dataset.awaits || "";
let news = false;
const isWaiting = () => Boolean(awaits()) || news;
const interval = () => parseInt(document.body.dataset.checkinInterval || "0", 10);

// --- asking --------------------------------------------------------------------------------------------------------------

// each page has a code of its own, and takes no answer that was for another one
const code = String(Math.floor(Math.random() * 1e9));
// what was shown and isn't confirmed yet; and what was shown at all, also before the page was loaded anew
let unconfirmed = [];
const known = new Set(JSON.parse(sessionStorage.getItem("da-told") || "[]"));
let asking = false;
let askAgain = false;

function remember(id) {
  known.add(id);
  sessionStorage.setItem("da-told", JSON.stringify([...known].slice(-REMEMBERED)));
}

async function ask() {
  const form = document.getElementById("daform");
  const page = new URL(form.action);
  const value = (name) => form.elements.namedItem(name)?.value || "";
  const told = unconfirmed;
  const body = new URLSearchParams({
    action: "checkin", ajax: "1", checkinCode: code, csrf_token: value("csrf_token"),
    _session: value("_session"), _tracker: value("_tracker"), awaits: awaits(), told: told.join(" "),
  });
  const answer = await fetch(`/checkin${page.search}`, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const found = await answer.json();
  if (found.success) unconfirmed = unconfirmed.filter((id) => !told.includes(id));
  return found;
}

// one at a time; what comes meanwhile is one more afterwards
async function checkIn() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  askAgain = false;
  try {
    take(await ask());
  } catch (error) {
    console.warn("The page could not check in; trying once more.", error);
  } finally {
    asking = false;
    if (askAgain || unconfirmed.length) checkIn();
    else waitToCheckIn();
  }
}

function take(found) {
  if (!found.success) {
    // the session has ended
    news = false;
    if (awaits()) refresh();
    return;
  }
  if (found.checkin_code !== code) return;
  for (const command of found.commands) {
    unconfirmed.push(command.id);
    if (known.has(command.id)) continue;
    remember(command.id);
    carryOut(command);
  }
  news = found.pending;
  showStates(Object.values(found.states));
  if (found.over && awaits()) refresh();
}

// --- what the server asks for ----------------------------------------------------------------------------------------------

// HTML that the author's code made for places in the text
function fillTargets(value) {
  for (const { target, content } of Array.isArray(value) ? value : [value]) {
    if (!/^\w+$/.test(target ?? "")) continue;
    document.querySelectorAll(`.datarget${target}`).forEach((place) => { place.innerHTML = content; });
  }
}

const ACTIONS = {
  flash: (text) => flash(text, "info"),
  refresh: () => refresh(),
  javascript: run,
  fields: populate,
  backgroundresponse: (value) => { if (value?.target || value?.[0]?.target) fillTargets(value); },
};

function carryOut({ extra, value }) {
  ACTIONS[extra]?.(value);
  const event = new CustomEvent("daCheckIn", { detail: [extra, value] });
  document.dispatchEvent(event);
}

// how the tasks stand, for people who have been waiting for a while
function showStates(states) {
  const line = document.getElementById("da-waiting-state");
  if (!line || !states.length) return;
  line.textContent = states.includes("running") ? line.dataset.running : line.dataset.waiting;
}

// --- being told when to ask ------------------------------------------------------------------------------------------------

let events = null;
let connectAt = 0;
let timer = 0;

function connect() {
  if (events || document.hidden || performance.now() < connectAt || !window.EventSource) return;
  const form = document.getElementById("daform");
  const page = new URL(form.action);
  page.searchParams.set("session", form.elements.namedItem("_session")?.value || "");
  events = new EventSource(`/events${page.search}`);
  // what happened before there was a connection is asked for now
  events.addEventListener("open", checkIn);
  events.addEventListener("look", checkIn);
  events.addEventListener("error", () => {
    // a browser connects again by itself unless it was told that there is nothing to connect to
    if (events?.readyState === EventSource.CLOSED) disconnect(CONNECT_AGAIN);
    waitToCheckIn();
  });
}

function disconnect(pause = 0) {
  events?.close();
  events = null;
  connectAt = performance.now() + pause;
}

function waitToCheckIn() {
  clearTimeout(timer);
  if (!isWaiting()) {
    disconnect();
    return;
  }
  connect();
  const connected = events?.readyState === EventSource.OPEN;
  const pause = connected ? Math.max(WITH_EVENTS, interval()) : interval();
  if (pause > 0) timer = setTimeout(checkIn, pause);
}

// a browser has few connections for all its pages: one that nobody looks at gives its own away
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    disconnect();
    waitToCheckIn();
  } else if (isWaiting()) {
    checkIn();
  }
});
window.addEventListener("pagehide", () => disconnect());
window.addEventListener("pageshow", (event) => { if (event.persisted && isWaiting()) checkIn(); });

whenScreenComes(() => {
  news = news || "news" in (question()?.dataset ?? {});
  waitToCheckIn();
});
