// What JavaScript adds: drafts that keep themselves, and buttons that only it can make work. Nothing
// is stored in the browser, and nothing is asked of another computer.
"use strict";

if (!ready) throw new Error("the ways out are not there"); // then the page stays as it came

const WAIT = 1500; // milliseconds without a key before a draft is kept
const LONGEST_WAIT = 10000; // while somebody writes on without a pause
const LATEST_RETRY = 30000;
const KEEPALIVE = 60000; // letters: what a browser sends on after its page is gone

// A message that is there when a page opens is not read out by every screen reader: it gets the focus.
const message = document.querySelector("main .wrong[role=alert], .said[role=status]");
// Newer browsers do it themselves where the page says `autofocus`, and complain if somebody was first.
const focusesItself = message && message.hasAttribute("autofocus") && "autofocus" in HTMLElement.prototype;
if (message && !focusesItself && (!document.activeElement || document.activeElement === document.body)) {
  message.tabIndex = -1;
  message.focus();
}

// Every sentence stands on the page, in its language.
const pageWords = document.body.dataset;

function copy(text, said) {
  const failed = () => {
    said.textContent = pageWords.notCopied;
  };
  try {
    navigator.clipboard.writeText(text).then(() => { said.textContent = pageWords.copied; }, failed);
  } catch (error) {
    failed();
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) print();
  if (button.dataset.show) {
    const field = document.getElementById(button.dataset.show);
    field.type = field.type === "password" ? "text" : "password";
    button.textContent = field.type === "password" ? pageWords.show : pageWords.hide;
  }
  if (button.dataset.copy) copy(button.dataset.copy, button.parentElement.querySelector("[role=status]"));
});

// What is found is shown in its place: going back to a page that was posted is an error to browsers.
const search = document.querySelector("form.search");
guardForm(search, (event) => {
  event.preventDefault();
  return post(search.action, bodyOf(search)).then((answer) => {
    const found = new DOMParser().parseFromString(answer.text, "text/html");
    const places = [...document.querySelectorAll(".found")];
    const parts = places.map((place) => [...found.querySelector(`#${place.id}`).childNodes]);
    places.forEach((place, index) => {
      place.textContent = "";
      for (const part of parts[index]) place.appendChild(part);
    });
  });
});

const form = document.querySelector("form[data-drafts]");
if (form) keepDrafts(form);

// Only now: what needs a script is shown where all of it works.
for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

function keepDrafts(form) {
  const state = form.querySelector(".draft-state"), words = state.dataset;
  const version = form.elements.namedItem("version");
  let changed = false, stopped = false, leaving = false, broken = false;
  let lastButton = null;
  let going = null, timer = 0, since = 0, retry = 1000;

  const say = (text, trouble = false) => {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("trouble", trouble);
  };
  const isTrouble = () => state.classList.contains("trouble");
  const send = () => {
    const body = bodyOf(form);
    return post(form.dataset.drafts, body, { Accept: "application/json" }, { keepalive: body.length < KEEPALIVE });
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };
  const failed = (text) => {
    changed = true;
    say(text, true);
    retry = Math.min(retry * 2, LATEST_RETRY);
  };
  const reach = plainWay(form, () => {
    leaving = stopped = true;
    sendPlainly(form, lastButton);
  });
  const unreachable = () => {
    failed(words.offline);
    reach(false);
  };
  const breaks = () => {
    broken = stopped = changed = true;
    say(words.broken, true);
  };

  // One after the other: what was typed first must not arrive last.
  function keep() {
    clearTimeout(timer);
    if (changed && !stopped && !going && !goes) going = keepOnce();
    return going;
  }

  function keepOnce() {
    changed = false;
    since = 0;
    say(words.saving);
    let sent;
    try {
      sent = send();
    } catch (error) {
      breaks();
      return null;
    }
    return sent.then(heard, unreachable).catch(breaks).then(() => {
      going = null;
      if (changed && !stopped) later(Math.max(retry, WAIT));
    });
  }

  function read(text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      return {};
    }
  }

  function heard(answer) {
    reach(true);
    const told = read(answer.text);
    if (answer.ok) {
      version.value = told.version;
      retry = 1000;
      say(told.version ? words.saved : "");
    } else if (answer.status === 401) {
      stopped = true;
      say(words.signedOut, true);
    } else if (answer.status === 400) { // signed in again elsewhere
      stopped = true;
      say(words.outdated, true);
    } else if (answer.status === 409) {
      stopped = true;
      say(words.conflict, true);
    } else if (answer.status === 422) {
      say(told.message, true);
    } else {
      failed(words.unsaved);
    }
  }

  form.addEventListener("input", () => {
    changed = true;
    const now = Date.now();
    since = since || now;
    if (!going && !stopped) later(Math.min(WAIT, Math.max(0, since + LONGEST_WAIT - now)));
  });
  addEventListener("online", () => keep());
  document.addEventListener("visibilitychange", () => document.hidden && keep());

  // A form that is sent where nothing answers would be lost with its page: first see who is there.
  guardForm(form, (event) => {
    if (broken || leaving || !(changed || going || stopped)) {
      leaving = stopped = true;
      return undefined;
    }
    event.preventDefault();
    const button = lastButton = submitter(event);
    return Promise.resolve(going).then(() => {
      if (leaving) return; // pressed twice
      clearTimeout(timer);
      say(words.sending);
      const sent = send(); // a failure of the script, not of the connection, sends the form plainly
      going = sent.then(() => {
        leaving = stopped = true;
        sendPlainly(form, button);
      }, () => {
        unreachable();
        if (!stopped) later(retry);
      }).then(() => { going = null; });
      return going; // so that a failure in it sends the form plainly, too
    });
  });
  // The form goes by itself, whatever became of the handler above: no draft may arrive after it.
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) leaving = stopped = true;
  });
  keepBeforeLeaving = () => {
    const unkept = changed || going;
    leaving = stopped = true;
    return unkept ? send().catch(() => {}) : Promise.resolve();
  };
  // Going away from words that could not be kept: the browser asks, and nothing of it is ours.
  addEventListener("beforeunload", (event) => {
    if (!isTrouble() || leaving || goes) return;
    event.preventDefault();
    event.returnValue = ""; // for older browsers
  });
  keepNow = () => Promise.resolve(going).then(() => {
    keep();
    return going;
  }).then(() => {
    if (broken) throw new Error("only the form can keep them");
    return !changed && !isTrouble();
  });
  plainDraft = () => changed || broken ? form : null;
  hasDraft = () => Number(version.value) > 0;
}
