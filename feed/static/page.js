// What every public page does by script: the way out, copying, printing, saving what was written.
// The page works without it. It stores and sends nothing; its words are in data- attributes.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  all("[data-needs-script]").forEach((element) => { element.hidden = false; });

  // The next page replaces this one in the history, so that "back" does not return to it.
  const leave = one(".leave");
  leave.addEventListener("click", (event) => {
    event.preventDefault();
    try { location.replace(leave.href); } catch (error) { location.assign(leave.href); }
  });

  all("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard; // there is none on a plain http address
    button.addEventListener("click", () => {
      const status = button.parentNode.querySelector("[role=status]");
      navigator.clipboard.writeText(button.dataset.copy).then(
        () => { status.textContent = button.dataset.copied; }, () => { status.textContent = button.dataset.refused; });
    });
  });

  const form = one("form.reflect");
  if (form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    one("[data-print]").addEventListener("click", () => print());
    one("[data-save]").addEventListener("click", () => {
      const parts = all("form.reflect label").map((label) => label.textContent + "\n\n" + label.control.value);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([document.title, "\n\n", parts.join("\n\n\n"), "\n"], { type: "text/plain" }));
      link.download = one("[data-save]").dataset.save;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000); // some browsers read it late
    });
  }
})();
