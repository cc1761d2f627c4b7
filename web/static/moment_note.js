// A note to the minute that is playing, and a sign-out that does not stop the sound.
"use strict";
if (ready) {
  const audio = document.querySelector("audio");
  const form = document.querySelector(".minute-note");
  const minute = form.elements.namedItem("minute"), words = form.elements.namedItem("answer-1");
  const said = form.querySelector("[role=status]");
  const clock = (seconds) => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return (h ? `${h}:${String(m).padStart(2, "0")}` : m) + ":" + String(s).padStart(2, "0");
  };
  // The minute is that in which the first word was written, unless somebody writes another.
  words.addEventListener("input", () => {
    if (!minute.value && words.value.trim() && audio.currentTime) minute.value = clock(audio.currentTime);
  });
  const reach = plainWay(form, () => sendPlainly(form));
  guardForm(form, (event) => {
    event.preventDefault();
    said.textContent = said.dataset.saving;
    const body = bodyOf(form);
    return post(form.action, body, { Accept: "application/json" }).then((answer) => {
      reach(true);
      if (answer.status === 401) return sendPlainly(form); // the words come back beside the phrase
      const told = JSON.parse(answer.text);
      said.textContent = answer.ok ? said.dataset.saved : told.message;
      if (answer.ok) next(told.next);
      return undefined;
    }, () => {
      said.textContent = said.dataset.offline;
      reach(false);
    });
  });
  function next(id) {
    form.elements.namedItem("id").value = id;
    form.elements.namedItem("version").value = 0;
    words.value = minute.value = "";
  }

  // Nobody is signed in for longer because a recording plays: what is private goes, the sound stays.
  // Words that nobody saved become a draft.
  const before = keepNow, plainly = finish;
  let kept = false;
  keepNow = () => {
    if (!words.value.trim()) return before();
    return post(form.dataset.draft, bodyOf(form), { Accept: "application/json" }).then((answer) => {
      if (!answer.ok) return false;
      kept = true;
      words.value = minute.value = "";
      return before();
    }, () => false);
  };
  keepBeforeLeaving = () => keepNow();
  plainDraft = () => words.value.trim() ? form : null;
  hasDraft = () => kept;
  finish = () => {
    if (audio.paused) return plainly();
    return post(signOut.action, bodyOf(signOut)).then(() => {
      for (const part of document.querySelectorAll(".private, .top nav, #known, #known ~ *")) part.hidden = true;
      watches = false;
      uncover();
      const over = () => setTimeout(() => audio.paused && location.replace(document.body.dataset.over), 5000);
      audio.addEventListener("pause", over);
      audio.addEventListener("ended", over);
    });
  };
}
