// The player: chapters, a transcript that scrolls, speed, skipping. The page works without it.
// It stores and sends nothing. Its words are in data- attributes of the page, which is translated.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const audio = one("audio");
  if (!audio) return;
  all("[data-needs-script]").forEach((element) => { element.hidden = false; });

  const timed = (selector) => all(selector).map((element) => ({ element, start: Number(element.dataset.seek) }));
  const chapters = timed(".chapters a[data-seek]");
  const cues = timed(".transcript span[data-seek]");
  const skips = JSON.parse(audio.dataset.skips);
  const follow = one("#follow"), avoid = one("#avoid"), now = one(".now"), speed = one("#speed");

  const go = (seconds) => { audio.currentTime = Math.max(0, seconds); };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-seek]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!target.href && String(getSelection())) return; // somebody is selecting words
    event.preventDefault();
    try {
      go(Number(target.dataset.seek));
      Promise.resolve(audio.play()).catch(() => {}); // stopped before it began, or not allowed
    } catch (error) {
      if (target.href) location.assign(target.href);
    }
  });
  all("[data-move]").forEach((button) => button.addEventListener("click", () => go(audio.currentTime + Number(button.dataset.move))));
  speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
  audio.addEventListener("ratechange", () => { speed.value = audio.playbackRate; });

  // Jumps to the end of a part to skip, and of the next one if that begins there.
  // Called four times a second, so it looks a little ahead; a seek may land a little early.
  const skip = () => {
    if (!avoid || !avoid.checked || audio.paused) return false;
    let to = 0;
    const near = audio.currentTime + 0.4 * audio.playbackRate;
    for (const [start, end] of skips) if (Math.max(near, to) >= start && Math.max(audio.currentTime, to) < end - 0.2) to = end;
    if (to) go(to);
    return to > 0;
  };
  audio.addEventListener("play", skip);

  // Marks the last item of a list that has begun; returns it if it has changed.
  const mark = (list) => {
    let current = null;
    for (const item of list) if (item.start <= audio.currentTime + 0.05) current = item; else break;
    if (list.current === current) return null;
    if (list.current) list.current.element.removeAttribute("aria-current");
    if (current) current.element.setAttribute("aria-current", "true");
    list.current = current;
    return current;
  };

  audio.addEventListener("timeupdate", () => {
    if (skip()) return;
    const chapter = mark(chapters), cue = mark(cues);
    if (chapter) now.textContent = now.dataset.now.replace("{}", () => chapter.element.querySelector(".name").textContent);
    if (cue && follow.checked) {
      cue.element.closest("details").open = true;
      cue.element.scrollIntoView({ block: "center" });
    }
  });

  const media = navigator.mediaSession;
  if (!media) return;
  audio.addEventListener("play", () => {
    const art = audio.dataset.art && location.protocol !== "file:"; // refused there
    media.metadata = new MediaMetadata({
      title: audio.dataset.title, artist: audio.dataset.artist, album: audio.dataset.album,
      artwork: art ? [{ src: audio.dataset.art, sizes: "480x480", type: "image/jpeg" }] : [],
    });
  }, { once: true });
  const handle = (name, action) => { try { media.setActionHandler(name, action); } catch { /* not known to this browser */ } };
  handle("seekbackward", () => go(audio.currentTime - 15));
  handle("seekforward", () => go(audio.currentTime + 30));
  handle("seekto", (detail) => go(detail.seekTime));
  handle("previoustrack", () => go((chapters.filter((item) => item.start < audio.currentTime - 3).pop() || { start: 0 }).start));
  handle("nexttrack", () => { const next = chapters.find((item) => item.start > audio.currentTime); if (next) go(next.start); });
})();
