// A note to the minute that is playing, and a sign-out that does not stop the sound.
"use strict";
{
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
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "Saving …";
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
      });
      if (answer.status === 401) return form.submit(); // the words come back beside the phrase
      const told = await answer.json();
      said.textContent = answer.ok ? "Saved." : told.message;
      if (!answer.ok) return;
      form.elements.namedItem("id").value = told.next;
      form.elements.namedItem("version").value = 0;
      words.value = minute.value = "";
    } catch {
      said.textContent = "Not saved: there is no connection. Your words stay here; press it again.";
    }
  });

  // Nobody is signed in for longer because a recording plays: what is private goes, the sound stays.
  const signOut = document.querySelector("form.sign-out");
  let gone = false;
  const plain = keepNow;
  keepNow = async () => {
    if (words.value.trim()) return false; // words that nobody saved are not thrown away
    if (gone && audio.paused) location.replace(signOut.action.replace(/sign-out$/, ""));
    if (gone || audio.paused) return !gone && plain();
    gone = true;
    const body = new URLSearchParams(new FormData(signOut));
    await fetch(signOut.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
    for (const part of document.querySelectorAll(".private, .top nav, #known, #known ~ *")) part.hidden = true;
    return false;
  };
}
