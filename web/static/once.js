// A form that is pressed again while it is being sent is not sent a second time. The server does its
// act once anyway, so that nothing depends on this: where it fails, the form goes its usual way.
"use strict";

(() => {
  const PAUSE = 5000; // milliseconds; then the line may be broken, and a press is meant
  let sent = null, at = 0;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.elements.once || "drafts" in form.dataset) return;
    if (form === sent && Math.abs(event.timeStamp - at) < PAUSE) return event.preventDefault();
    sent = form;
    at = event.timeStamp;
  });
  addEventListener("pageshow", () => { sent = null; });
})();
