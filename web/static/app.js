// What JavaScript adds: drafts that keep themselves, a quick way out, and buttons that only it can
// make work. Nothing is stored in the browser, and nothing is asked of another computer.
"use strict";

const WAIT = 1500; // milliseconds without a key before a draft is kept
const LONGEST_WAIT = 10000; // while somebody writes on without a pause
const LATEST_RETRY = 30000;

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

// The way out: the button, or Shift three times. The page is gone before anything else happens.
const leave = () => {
  keepBeforeLeaving();
  document.body.hidden = true;
  location.replace(document.body.dataset.leave);
};
let keepBeforeLeaving = () => {};
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
  setInterval(async () => {
    if (Date.now() - last >= idle && await keepNow()) document.querySelector("form.sign-out").submit();
  }, 5000);
}
// What the browser kept of a page that was left is asked for again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

const form = document.querySelector("form[data-drafts]");
if (form) keepDrafts(form);

function keepDrafts(form) {
  const state = form.querySelector(".draft-state");
  const version = form.elements.namedItem("version");
  let changed = false, running = false, stopped = false, timer = 0, since = 0, retry = 1000;

  const say = (text, trouble = false) => {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("trouble", trouble);
  };
  const send = (options) => {
    const body = new URLSearchParams(new FormData(form));
    return fetch(form.dataset.drafts, {
      method: "POST", body, headers: { Accept: "application/json" }, ...options,
    });
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };
  const failed = (text) => {
    changed = true;
    say(text, true);
    later(retry);
    retry = Math.min(retry * 2, LATEST_RETRY);
  };

  async function keep() {
    clearTimeout(timer);
    if (!changed || running || stopped) return;
    running = true;
    changed = false;
    say("Keeping the draft …");
    try {
      const answer = await send({ signal: AbortSignal.timeout(15000) });
      await heard(answer);
    } catch {
      failed("Not kept yet: there is no connection. Your words stay on this page, and it tries again.");
    }
    running = false;
    if (changed && !stopped) later(Math.max(retry, WAIT));
  }

  async function heard(answer) {
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      version.value = told.version;
      retry = 1000;
      since = 0;
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
      failed("Not kept yet. Your words stay on this page, and it tries again.");
    }
  }

  form.addEventListener("input", () => {
    changed = true;
    const now = Date.now();
    since ||= now;
    if (!running && !stopped) later(Math.min(WAIT, Math.max(0, since + LONGEST_WAIT - now)));
  });
  addEventListener("online", () => keep());
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  keepBeforeLeaving = () => {
    if (changed && !stopped) send({ keepalive: true }).catch(() => {});
  };
  // Leaving with words that could not be kept: the browser asks, and nothing of it is ours.
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => {
    if (changed && !sending && state.classList.contains("trouble")) event.preventDefault();
  });
  keepNow = async () => {
    await keep();
    return !changed && !state.classList.contains("trouble");
  };
}
