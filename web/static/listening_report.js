// Remembers which parts of a recording were played on this page, and tells the companion, which adds
// them up. The page's token can only add; what is not acknowledged is sent again. Nothing is stored
// in the browser.
"use strict";
(() => {
  const audio = document.querySelector("audio[data-token]");
  if (!audio) return;
  const { token, heard } = audio.dataset;
  const said = document.querySelector(".recording");
  const EVERY = 15000;

  let segment = null; // { start, last, wall }: what is playing now
  let runs = []; // finished, not sent yet
  const waiting = new Map(); // by sequence: sent, not acknowledged yet
  let sequence = 0, place = null, ended = false;

  // An advance counts only if so much can have been played since; a tab in the background that was
  // frozen while its sound went on is right.
  const allowed = () => (performance.now() - segment.wall) / 1000 * audio.playbackRate * 1.25 + 1;
  const open = () => {
    if (!segment && !audio.paused && !audio.seeking) {
      segment = { start: audio.currentTime, last: audio.currentTime, wall: performance.now() };
    }
  };
  const grow = () => {
    if (!segment) return open();
    const now = audio.currentTime, advance = now - segment.last;
    if (advance < 0 || advance > allowed()) {
      finish(segment.last);
      return open();
    }
    segment.last = now;
    segment.wall = performance.now();
    place = now;
  };
  const finish = (end) => {
    if (segment && end > segment.start) runs.push([segment.start, end]);
    segment = null;
  };
  // The element knows to the frame where it stopped; it is believed as far as the clock allows.
  const close = () => {
    if (!segment) return;
    let end = segment.last;
    for (let index = 0; index < audio.played.length; index += 1) {
      const [from, to] = [audio.played.start(index), audio.played.end(index)];
      if (from <= segment.last + 0.05 && to > end && to - segment.last <= allowed()) end = to;
    }
    finish(end);
  };

  for (const kind of ["playing", "ratechange", "volumechange"]) audio.addEventListener(kind, () => { close(); open(); });
  audio.addEventListener("timeupdate", grow);
  for (const kind of ["seeking", "waiting", "emptied", "error"]) audio.addEventListener(kind, close);
  audio.addEventListener("seeked", () => { place = audio.currentTime; open(); });
  audio.addEventListener("pause", () => { place = audio.currentTime; close(); flush(); });
  audio.addEventListener("ended", () => { place = audio.currentTime; ended = true; close(); flush(); });

  const pack = () => {
    if (segment) {
      grow();
      if (segment && segment.last > segment.start) {
        runs.push([segment.start, segment.last]);
        segment.start = segment.last;
      }
    }
    if (!runs.length && place === null) return;
    waiting.set(sequence, JSON.stringify({ token, sequence, runs, place, ended }));
    sequence += 1;
    [runs, place, ended] = [[], null, false];
  };
  const say = (what) => {
    const text = said && what ? said.dataset[what] : "";
    if (said && said.textContent !== text) said.textContent = text;
  };
  let sending = false;
  async function flush() {
    pack();
    if (sending) return;
    sending = true;
    try {
      for (const [number, body] of waiting) {
        const answer = await fetch(heard, { method: "POST", body, credentials: "omit", headers: { "Content-Type": "text/plain" } });
        if (answer.status === 403 || answer.status === 410) { // switched off, or open for many hours
          waiting.clear();
          say("stopped");
          break;
        }
        if (!answer.ok) { // whatever it is: keep everything, and try again
          say("unsaved");
          break;
        }
        waiting.delete(number);
        say("");
      }
    } catch {
      say("offline");
    }
    sending = false;
  }
  const last = () => {
    pack();
    if (navigator.sendBeacon) for (const body of waiting.values()) navigator.sendBeacon(heard, new Blob([body], { type: "text/plain" }));
  };
  setInterval(() => { if (segment || runs.length || waiting.size) flush(); }, EVERY);
  addEventListener("online", flush);
  addEventListener("pagehide", last);
  document.addEventListener("visibilitychange", () => { if (document.hidden) last(); });
})();
