// What JavaScript adds: drafts that keep themselves, a quick way out, and buttons that only it can
// make work. Nothing is stored in the browser, and nothing is asked of another computer.
"use strict";

const WAIT = 1500; // milliseconds without a key before a draft is kept
const LONGEST_WAIT = 10000; // while somebody writes on without a pause
const LATEST_RETRY = 30000;
const MOMENT = 700;
const KEEPALIVE = 60000; // letters: what a browser sends on after its page is gone

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

// The way out: the button, or Shift three times. Nothing is in sight any more before anything else
// happens; what was typed last gets a moment to arrive before the session is over.
const leave = async () => {
  document.body.hidden = true;
  await Promise.race([keepBeforeLeaving(), new Promise((done) => setTimeout(done, MOMENT))]);
  location.replace(document.body.dataset.leave);
};
let keepBeforeLeaving = async () => {};
let keepNow = async () => true;
document.querySelector(".leave")?.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
let presses = [];
addEventListener("keydown", (event) => {
  if (event.key !== "Shift" || event.repeat) {
    presses = event.key === "Shift" ? presses : [];
    return;
  }
  presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
  if (presses.length >= 3) leave();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) print();
  if (button.dataset.show) {
    const field = document.getElementById(button.dataset.show);
    field.type = field.type === "password" ? "text" : "password";
    button.textContent = field.type === "password" ? "Show" : "Hide";
  }
  if (button.dataset.copy) {
    const said = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = "Copied";
    } catch {
      said.textContent = "Copying is not allowed here: select the words and copy them yourself";
    }
  }
});

// A page that was left open on a shared computer signs itself out, once its words are kept.
const idle = Number(document.body.dataset.idle) * 60000;
if (idle) {
  let last = Date.now();
  for (const kind of ["keydown", "pointerdown", "scroll"]) {
    addEventListener(kind, () => { last = Date.now(); }, { passive: true });
  }
  const watch = setInterval(async () => {
    if (Date.now() - last < idle || !(await keepNow())) return;
    clearInterval(watch); // once: a second time it would be a form of a session that is over
    document.querySelector("form.sign-out").submit();
  }, 5000);
}
document.querySelector("form.sign-out")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.submitter.disabled = true;
  await keepNow();
  event.target.submit();
});
// What the browser kept of a page that was left is asked for again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// What is found is shown in its place: going back to a page that was posted is an error to browsers.
const search = document.querySelector("form.search");
search?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const body = new URLSearchParams(new FormData(search));
    const answer = await fetch(search.action, { method: "POST", body });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of document.querySelectorAll(".found")) {
      place.replaceChildren(...found.querySelector(`#${place.id}`).childNodes);
    }
  } catch {
    search.submit();
  }
});

const form = document.querySelector("form[data-drafts]");
if (form) keepDrafts(form);

function keepDrafts(form) {
  const state = form.querySelector(".draft-state");
  const version = form.elements.namedItem("version");
  let changed = false, stopped = false, leaving = false, going = null, timer = 0, since = 0, retry = 1000;

  const say = (text, trouble = false) => {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("trouble", trouble);
  };
  const isTrouble = () => state.classList.contains("trouble");
  const send = () => {
    const body = new URLSearchParams(new FormData(form)).toString();
    return fetch(form.dataset.drafts, {
      method: "POST", body, keepalive: body.length < KEEPALIVE, signal: AbortSignal.timeout(15000),
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
    });
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };
  const failed = (why) => {
    changed = true;
    say(`Not kept yet${why}. Your words stay on this page, and it tries again.`, true);
    retry = Math.min(retry * 2, LATEST_RETRY);
  };
  const unreachable = () => failed(": there is no connection");

  // One after the other: what was typed first must not arrive last.
  function keep() {
    clearTimeout(timer);
    if (changed && !stopped) going ??= keepOnce();
    return going;
  }

  async function keepOnce() {
    changed = false;
    since = 0;
    say("Keeping the draft …");
    await send().then(heard, unreachable);
    going = null;
    if (changed && !stopped) later(Math.max(retry, WAIT));
  }

  async function heard(answer) {
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      version.value = told.version;
      retry = 1000;
      say(told.version ? "The draft is kept." : "");
    } else if (answer.status === 401 || answer.status === 400) {
      stopped = true;
      say("You were signed out, or signed in anew elsewhere. Your words are still on this page: press Save.", true);
    } else if (answer.status === 409) {
      stopped = true;
      say("This note was changed in another window. Press Save, and both are kept.", true);
    } else if (answer.status === 422) {
      say(told.message, true);
    } else {
      failed("");
    }
  }

  form.addEventListener("input", () => {
    changed = true;
    const now = Date.now();
    since ||= now;
    if (!going && !stopped) later(Math.min(WAIT, Math.max(0, since + LONGEST_WAIT - now)));
  });
  addEventListener("online", () => keep());
  document.addEventListener("visibilitychange", () => document.hidden && keep());

  // A form that is sent where nothing answers would be lost with its page: first see who is there.
  form.addEventListener("submit", async (event) => {
    if (leaving || !(changed || going || stopped)) {
      leaving = stopped = true;
      return;
    }
    event.preventDefault();
    await going;
    if (leaving) return; // pressed twice
    clearTimeout(timer);
    say("Saving …");
    going = send().then(() => {
      leaving = stopped = true;
      form.requestSubmit(event.submitter);
    }, () => {
      unreachable();
      if (!stopped) later(retry);
    }).finally(() => { going = null; });
  });
  document.querySelector("form[data-let-go]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    leaving = stopped = true;
    await going;
    event.target.submit();
  });
  keepBeforeLeaving = async () => {
    const unkept = changed || going;
    leaving = stopped = true;
    if (unkept) await send().catch(() => {});
  };
  // Going away from words that could not be kept: the browser asks, and nothing of it is ours.
  addEventListener("beforeunload", (event) => {
    if (isTrouble() && !leaving) event.preventDefault();
  });
  keepNow = async () => {
    await going;
    await keep();
    return !changed && !isTrouble();
  };
}
