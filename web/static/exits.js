// The ways out: leaving, signing out, and the end of a page that nobody uses. Loaded before every
// other script, and needs none of them. Whatever a handler meets, the plain link or form goes on.
// All scripts: the language of 2019, and no feature that a browser of then lacks is taken for granted.
"use strict";

const MOMENT = 700; // milliseconds for what was typed last to arrive
const PATIENT = 15000; // for an answer
const WARNING = 120000; // before a page that nobody uses signs itself out
const AGAIN = 30000; // until words that could not be kept are tried again
let goes = false; // a form is on its way: nothing may ask whether to stay
let left = false; // somebody leaves: no form may take the page elsewhere

// What other scripts know of words on this page. `keepNow` promises whether all of them are kept.
let keepBeforeLeaving = () => Promise.resolve();
let keepNow = () => Promise.resolve(true);
let plainDraft = () => null; // the form that would keep them without a script
let hasDraft = () => false; // whether something of them is kept as a draft

// The button that sends a form: browsers before 2022 do not say.
let pressed = null;
document.addEventListener("click", (event) => {
  pressed = event.target && event.target.closest ? event.target.closest("button") : null;
}, true);
function submitter(event) {
  if (event.submitter) return event.submitter;
  return pressed && pressed.form === event.target ? pressed : null;
}

function carry(form, name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.appendChild(field);
}
// Sends a form as if there were no script, with the button that was pressed.
function sendPlainly(form, button) {
  if (left) return;
  goes = true;
  if (button && button.name) carry(form, button.name, button.value);
  HTMLFormElement.prototype.submit.call(form);
}
// Wraps a handler: if it has stopped the browser and then fails, the browser's own way is taken, and
// from then on that of every handler.
let failing = false;
function guard(plain, work) {
  return (event) => {
    if (failing) return;
    const failed = () => {
      failing = goes = true;
      if (event.defaultPrevented) plain(event);
    };
    try {
      const done = work(event);
      if (done && done.then) done.then(null, failed);
    } catch (error) {
      failed();
    }
  };
}
function guardForm(form, work) {
  if (form) form.addEventListener("submit", guard((event) => sendPlainly(form, submitter(event)), work));
}

// Where pages come and go, but nothing that a script sends arrives, the form can be sent without it:
// offered after the second failure in a row. Returns what is told whether the server was reached.
function plainWay(form, send) {
  const place = form.querySelector("[data-unreachable]");
  let failures = 0;
  place.querySelector("button").addEventListener("click", send);
  return (reached) => {
    failures = reached ? 0 : failures + 1;
    place.hidden = failures < 2 || navigator.onLine === false;
  };
}

// A promise that is refused after some time, whatever becomes of what it waits for.
function within(milliseconds, promise) {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error("too late")), milliseconds);
    promise.then(done, failed);
  });
}
// Posts a text and promises { ok, status, text }; refused only if there was no answer.
function post(address, body, headers, more) {
  headers = Object.assign({ "Content-Type": "application/x-www-form-urlencoded" }, headers);
  return within(PATIENT, window.fetch ? byFetch(address, body, headers, more) : byRequest(address, body, headers));
}
function byFetch(address, body, headers, more) {
  const options = Object.assign({ method: "POST", body, headers, credentials: "same-origin" }, more);
  return fetch(address, options).then((answer) => answer.text().then(
    (text) => ({ ok: answer.ok, status: answer.status, text })));
}
function byRequest(address, body, headers) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    for (const name of Object.keys(headers)) request.setRequestHeader(name, headers[name]);
    request.onload = () => done({
      ok: request.status >= 200 && request.status < 300, status: request.status, text: request.responseText,
    });
    request.onerror = request.onabort = () => failed(new Error("no answer"));
    request.send(body);
  });
}
function bodyOf(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

// Does something, or goes.
function insist(work) {
  try {
    work();
  } catch (error) {
    location.replace(exit.href);
  }
}

// Leaving: the button, or Shift three times. Nothing is in sight any more before anything else
// happens; what was typed last gets a moment to arrive before the session is over.
const exit = document.querySelector(".leave");
function leave() {
  let gone = false;
  const go = () => {
    if (gone) return;
    gone = goes = true;
    try {
      location.replace(exit.href);
    } catch (error) {
      location.href = exit.href;
    }
  };
  left = document.body.hidden = true;
  setTimeout(go, MOMENT);
  try {
    if (goes) go(); // the words are on their way, and the next page would come before the end of this
    else keepBeforeLeaving().then(go, go);
  } catch (error) {
    go();
  }
}
if (exit) {
  // Whichever button of the mouse: a second tab would leave this one in sight.
  for (const kind of ["click", "auxclick"]) {
    exit.addEventListener(kind, guard(() => location.assign(exit.href), (event) => {
      if (event.button > 1) return;
      event.preventDefault();
      leave();
    }));
  }
  // Shift alone: with another key it chooses a keyboard, with the mouse it marks words.
  let presses = [];
  const isAlone = (event) => event.key === "Shift" && !event.isComposing
    && !event.altKey && !event.ctrlKey && !event.metaKey;
  addEventListener("pointerdown", () => { presses = []; });
  addEventListener("keydown", (event) => {
    if (!isAlone(event)) presses = [];
    if (!isAlone(event) || event.repeat) return;
    presses = presses.filter((at) => event.timeStamp - at < 1500).concat(event.timeStamp);
    if (presses.length >= 3) insist(leave);
  });
}

const signOut = document.querySelector("form.sign-out");
guardForm(signOut, (event) => {
  event.preventDefault();
  const button = submitter(event);
  if (button) button.disabled = true;
  const out = () => sendPlainly(signOut);
  return within(4 * MOMENT, keepNow()).then(out, out);
});

// What the browser kept of a page that was left is asked for again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// A page that was left open on a shared computer asks whether somebody is still there, covers
// itself, keeps its words, and signs itself out. What cannot be kept stays covered until it can be.
const idle = Number(document.body.dataset.idle) * 60000;
const ask = document.querySelector("[data-still-there]");
const cover = document.querySelector("[data-cover]");
let finish = () => sendPlainly(signOut);
const page = document.querySelector(".page");
const unkept = document.querySelectorAll("[data-unkept]"); // what the cover says of words not kept
let last = Date.now(), told = Date.now(), before = null;
let covered = false, ending = false, watches = true;

// Tabs of one browser share one session: who is busy in one of them is there in all of them.
const SHARED = 1000; // milliseconds between two messages to the others
let others = null, shared = 0;
try {
  if (idle) others = new BroadcastChannel(`still-there ${document.body.dataset.stay}`);
} catch (error) {
  others = null; // a browser before 2022: each tab counts for itself
}
if (others) others.onmessage = () => {
  if (!covered) here();
};

function show(elements, shown) {
  for (const element of elements) element.hidden = !shown;
}
function uncover() {
  covered = false;
  cover.hidden = true;
  page.hidden = false;
}
function hide() {
  covered = page.hidden = true;
  ask.hidden = true;
  cover.hidden = false;
}
function signOutIdle() {
  carry(signOut, "idle", "yes");
  if (hasDraft()) carry(signOut, "draft", "yes");
  return finish();
}
// Where the script cannot keep the words, the form takes them along.
function endPlainly() {
  const form = plainDraft();
  if (!form) return signOutIdle();
  carry(form, "close", "idle");
  sendPlainly(form);
}
function end() {
  if (ending) return;
  ending = true;
  const plainly = () => insist(endPlainly);
  try {
    hide();
    keepNow().then((kept) => {
      if (kept) return signOutIdle();
      show(unkept, true); // it is tried again, and they can be shown
      last = Date.now() - idle + AGAIN;
      ending = false;
      return undefined;
    }).then(null, plainly);
  } catch (error) {
    plainly();
  }
}
function warn() {
  if (!ask.hidden) return;
  before = document.activeElement;
  ask.hidden = false;
  ask.querySelector("button").focus();
}
function here() {
  last = Date.now();
  if (ask.hidden) return;
  ask.hidden = true;
  if (before && before.focus) before.focus();
}
// Tells the server too, which counts by what it is asked.
function stay() {
  here();
  if (others && last - shared >= SHARED) {
    shared = last;
    others.postMessage("here");
  }
  if (last - told < idle / 5) return;
  told = last;
  post(document.body.dataset.stay, bodyOf(signOut)).catch(() => {});
}
function watch() {
  if (!watches) return;
  const still = Date.now() - last;
  if (still >= idle) end();
  else if (still >= idle - Math.min(WARNING, idle / 2) && !covered) warn();
}
if (idle && signOut && ask && cover) {
  if (others) others.postMessage("here"); // a page that was just opened
  for (const kind of ["keydown", "pointerdown", "touchstart", "wheel", "scroll"]) {
    addEventListener(kind, (event) => {
      const inside = !ask.hidden && event.key !== "Escape" && ask.contains(event.target);
      if (!covered && !inside) stay(); // inside, the button answers
    }, { passive: true });
  }
  ask.querySelector("button").addEventListener("click", stay);
  cover.querySelector("button").addEventListener("click", () => {
    uncover();
    show(unkept, false);
    stay();
  });
  const look = () => {
    try {
      watch();
    } catch (error) {
      if (Date.now() - last >= idle) location.replace(exit.href);
    }
  };
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", () => document.hidden || look()); // after a sleep
}
const ready = true; // the other scripts add nothing where this one did not come to its end
