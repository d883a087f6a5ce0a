// What scripts of interviews and test tools call.

import { encoded, getField, getFields, setField, val } from "./controls.js";
import { flash } from "./notices.js";

const form = () => document.getElementById("daform");
const hidden = (name) => form().elements.namedItem(name)?.value || "";

// --- actions -------------------------------------------------------------------------------------------------------------

function addressOf(action, args) {
  const url = new URL(form().action);
  url.searchParams.set("action", encoded(JSON.stringify({ action, arguments: args })));
  return url.pathname + url.search;
}

function url_action(action, args, forgetPrior = false) {
  if (!forgetPrior) return addressOf(action, args ?? {});
  return addressOf("_da_priority_action", { _action: action, _arguments: args ?? {} });
}

function action_perform(action, args, forgetPrior = false) {
  location.assign(url_action(action, args, forgetPrior));
}

// `next` is an action that is gone through after this one, as { action, arguments }
function action_perform_with_next(action, args, next) {
  const now = { action, arguments: args ?? {} };
  location.assign(addressOf("_da_force_ask", { variables: next ? [now, next] : [now] }));
}

// calls back with what the server answers, taken apart if it is JSON. With `readOnly` nothing that the action changes is saved.
async function action_call(action, args, callback, forgetPrior = false, readOnly = false) {
  // another tab may be in another session of the same interview
  const headers = { "X-Session": hidden("_session") };
  if (readOnly) headers["X-Read-Only"] = "1";
  const answer = await fetch(url_action(action, args, forgetPrior), { headers });
  const text = await answer.text();
  if (!answer.ok) console.error(`The action “${action}” failed: the server answered ${answer.status}.`);
  callback?.(/\bjson\b/.test(answer.headers.get("Content-Type") || "") ? JSON.parse(text) : text);
}

// calls back with { success, variables, i, uid, encrypted, steps }
async function get_interview_variables(callback) {
  const body = new URLSearchParams({ csrf_token: hidden("csrf_token"), _session: hidden("_session") });
  const answer = await fetch(`/vars${new URL(form().action).search}`, { method: "POST", body });
  const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") || "");
  callback(isJson ? await answer.json() : { success: false });
}

// --- jQuery, where an interview uses it ------------------------------------------------------------------------------------

// a handler of jQuery gets what an event brings along as further arguments; jQuery looks for that in its own events only
if (window.jQuery) {
  window.jQuery.event.special.daCheckIn = {
    handle(event, ...more) {
      const brought = more.length ? more : event.originalEvent?.detail ?? [];
      return event.handleObj.handler.call(this, event, ...brought);
    },
  };
}

Object.assign(window, {
  flash, val, getField, getFields, setField, url_action, action_perform, action_perform_with_next, action_call,
  get_interview_variables,
  url_action_perform: action_perform, url_action_perform_with_next: action_perform_with_next, url_action_call: action_call,
  da_flash: flash, da_val: val, daGetField: getField, daGetFields: getFields, daSetField: setField,
  da_url_action: url_action, da_action_perform: action_perform, da_action_call: action_call,
  da_action_perform_with_next: action_perform_with_next, da_get_interview_variables: get_interview_variables,
  daYamlFilename: form() && new URL(form().action).searchParams.get("i"),
  daUserId: document.body.dataset.userId ? Number(document.body.dataset.userId) : null,
  daUsingGA: false, daUsingSegment: false,
});
