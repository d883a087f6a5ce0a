// Checking in: a page that waits for something asks the server whether it is there. The server says when to ask, over a
// connection that it holds; where that doesn't get through, the page asks from time to time. A screen may also have an
// action, which is run with what stands in the controls: when it comes up, when a control is changed, and from time to time.

import { populate, variableOf } from "./controls.js";
import { flash, holdStill } from "./notices.js";
import { parameters } from "./parameters.js";
import { run } from "./running.js";
import { refresh, whenScreenComes } from "./screen.js";
import { isSent } from "./sending.js";

const SECONDS = 1000;
// milliseconds between two check-ins while the server can say when to ask, and until it is connected to again
const WITH_EVENTS = 15 * SECONDS;
const CONNECT_AGAIN = 60 * SECONDS;
// and until it is asked again when it didn't answer
const AGAIN = 3 * SECONDS;
const REMEMBERED = 50;
// milliseconds within which all that changes because the server filled something in is one change
const FRAME = 16;
// so many times may a screen's action lead to the next without anybody doing anything before it is called a loop
const LOOP = 6;

// --- what the page waits for ---------------------------------------------------------------------------------------------

const question = () => document.getElementById("daquestion");
const awaits = () => question()?.dataset.awaits || "";
let news = false;
const isWaiting = () => Boolean(awaits()) || news;
const interval = () => parseInt(document.body.dataset.checkinInterval || "0", 10);
const action = () => (interval() > 0 && question()?.dataset.checkIn) || "";
const inForm = (name) => document.getElementById("daform")?.elements.namedItem(name)?.value || "";

// --- the occasions for which the screen's action is to be run ------------------------------------------------------------

// { initial } when the screen has come up, { changed } for a variable, {} as time passes; none is there twice
let occasions = [];
// when the action was run lately, and how often without anybody's doing
let lately = [];
let byItself = 0;
// whether what changed since the action was run last is counted in that already: it may change many fields at once
let counted = false;
// the change by which the page tells of what the server is filling in just now; null: it isn't filling in anything
let update = null;

function note(occasion) {
  if (!action()) return;
  const same = (other) => other.changed === occasion.changed && other.initial === occasion.initial;
  const passing = !occasion.changed && !occasion.initial;
  if (passing ? occasions.length : occasions.some(same)) return;
  occasions.push(occasion);
  checkIn();
}

document.addEventListener("change", (event) => {
  const variable = event.target.closest?.("#daform") && variableOf(event.target);
  if (!variable || !action() || isSent()) return;
  const goesOn = !event.isTrusted && !counted;
  counted = !event.isTrusted;
  byItself = event.isTrusted ? 0 : byItself + goesOn;
  if (goesOn && byItself === LOOP) console.warn(`The check in “${action()}” keeps changing what makes the page check in; it is slowed down.`);
  if (update && !event.isTrusted) {
    if (update.noted) return;
    update.noted = true;
  }
  note({ changed: variable });
});

function beginUpdate() {
  const begun = { noted: false };
  update = begun;
  setTimeout(() => { if (update === begun) update = null; }, FRAME);
}

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => { byItself = 0; });
}

// milliseconds to wait before the action may be run again: twice a second is enough for what nobody does by hand
function brake() {
  lately = lately.filter((time) => performance.now() - time < SECONDS);
  return byItself && lately.length > 1 ? lately[0] + SECONDS - performance.now() : 0;
}

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
  const page = new URL(document.getElementById("daform").action);
  const told = unconfirmed;
  const token = inForm("_tracker");
  const body = new URLSearchParams({
    action: "checkin", ajax: "1", checkinCode: code, csrf_token: inForm("csrf_token"),
    _session: inForm("_session"), _tracker: token, awaits: awaits(), told: told.join(" "),
  });
  const occasion = action() && occasions.shift();
  if (occasion) {
    lately.push(performance.now());
    counted = false;
    const asked = { ...parameters(), _initial: Boolean(occasion.initial), _changed: occasion.changed ?? null };
    body.set("do_action", action());
    body.set("parameters", JSON.stringify(asked));
  }
  const found = await post(page.search, body).catch((error) => {
    // what was changed is still to be told, unless the screen has gone
    if (occasion && !error.refused && token === inForm("_tracker")) occasions.unshift(occasion);
    throw error;
  });
  if (found.error) {
    console.error(`The check in “${action()}” failed. ${found.error}`);
    return found;
  }
  if (found.success) unconfirmed = unconfirmed.filter((id) => !told.includes(id));
  // what the action said was for the screen that was there then
  if (token !== inForm("_tracker") || isSent()) found.commands = found.commands?.filter(({ id }) => id);
  return found;
}

async function post(search, body) {
  const answer = await fetch(`/checkin${search}`, { method: "POST", body, headers: { Accept: "application/json" } });
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const found = isJson ? await answer.json() : {};
  if (answer.ok || found.error) return found;
  const error = new Error(`The server answered ${answer.status}.`);
  // it would answer the same again
  error.refused = answer.status < 500 && answer.status !== 409;
  throw error;
}

// one at a time; what comes meanwhile is one more afterwards
async function checkIn() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  askAgain = false;
  let failed = false;
  try {
    const pause = occasions.length ? brake() : 0;
    // even without a pause: the screen that has just come gets back first what had been typed
    await new Promise((done) => { setTimeout(done, Math.max(0, pause)); });
    if (!isSent() && question()) take(await ask());
  } catch (error) {
    console.warn("The page could not check in; it tries again.", error);
    failed = true;
  } finally {
    asking = false;
    const more = !isSent() && (askAgain || unconfirmed.length || occasions.length);
    if (more && !failed) checkIn();
    else waitToCheckIn(more ? AGAIN : undefined);
  }
}

function take(found) {
  if (!found.success) {
    // the session has ended
    news = false;
    if (awaits()) refresh();
    return;
  }
  if (found.checkin_code !== code || found.error) return;
  if (found.reload) {
    refresh();
    return;
  }
  if (found.commands.length) beginUpdate();
  for (const command of found.commands) {
    if (command.id) {
      unconfirmed.push(command.id);
      if (known.has(command.id)) continue;
      remember(command.id);
    }
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
    if (!/^[\w-]+$/.test(target ?? "")) continue;
    const places = [...document.querySelectorAll(`.datarget${CSS.escape(target)}`)];
    holdStill(() => places.forEach((place) => fill(place, content ?? "")));
  }
}

// what is there already isn't read out again, and what a person is in isn't taken away
function fill(place, content) {
  const fresh = document.createElement("template");
  fresh.innerHTML = content;
  if (fresh.innerHTML === place.innerHTML || place.contains(document.activeElement)) return;
  place.replaceChildren(fresh.content);
}

const ACTIONS = {
  flash: (text) => flash(text, "info"),
  refresh: () => refresh(),
  javascript: run,
  fields: (values) => holdStill(() => populate(values)),
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

function waitToCheckIn(soon) {
  clearTimeout(timer);
  if (isWaiting()) connect();
  else disconnect();
  const connected = events?.readyState === EventSource.OPEN;
  const pause = connected && !action() ? Math.max(WITH_EVENTS, interval()) : interval();
  if (soon) timer = setTimeout(checkIn, soon);
  else if (pause > 0 && (isWaiting() || action())) timer = setTimeout(passTime, pause);
}

function passTime() {
  if (action() && !document.hidden) note({});
  else if (isWaiting()) checkIn();
  else waitToCheckIn();
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

whenScreenComes(({ same }) => {
  news = news || "news" in (question()?.dataset ?? {});
  if (!same) {
    occasions = [];
    note({ initial: true });
  }
  waitToCheckIn();
});
