// What only the first page does by script: finding an episode, this device's apps first, a poster.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  const agent = navigator.userAgent;
  const touched = /Macintosh/.test(agent) && navigator.maxTouchPoints > 1; // an iPad says that it is a Mac
  const device = /iPhone|iPad|iPod/.test(agent) || touched ? "iphone" : /Android/.test(agent) ? "android" : "computer";
  const first = one('[data-device="' + device + '"]');
  if (first) first.parentNode.insertBefore(first, first.parentNode.firstChild);

  const poster = one(".poster [data-print]");
  if (poster) poster.addEventListener("click", () => print());

  const filter = one("#filter");
  if (!filter) return;
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const rows = all(".feature[data-row], .episodes > li").map((element) => ({ element, text: plain(element.textContent) }));
  const folds = all("details.more").map((element) => ({ element, open: false }));
  const box = one(".filter"), status = box.querySelector("[role=status]");
  let filtering = false;
  filter.addEventListener("input", () => {
    const words = plain(filter.value).split(/\s+/).filter(Boolean);
    if (words.length && !filtering) folds.forEach((fold) => { fold.open = fold.element.open; });
    filtering = words.length > 0;
    let count = 0;
    rows.forEach((row) => {
      row.element.hidden = !words.every((word) => row.text.includes(word));
      if (!row.element.hidden) count += 1;
    });
    folds.forEach((fold) => {
      const some = fold.element.querySelector("li:not([hidden])") !== null;
      fold.element.hidden = !some;
      fold.element.open = filtering ? some : fold.open;
    });
    status.textContent = filtering ? box.dataset.count.replace("{}", count) : "";
  });
})();
