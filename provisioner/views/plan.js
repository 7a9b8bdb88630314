"use strict";
// Finds changes by what they say and by what they do. Everything is in the page already: without
// this script it can be read, printed and searched by the browser all the same.
(() => {
  const filter = document.getElementById("filter");
  if (!filter) return;
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const boxes = [...filter.querySelectorAll("input[name=action]")];
  const sections = [...document.querySelectorAll("details.section")].map((element) => ({
    element,
    atFirst: element.open,
    changes: [...element.querySelectorAll(".change")].map((change) => ({
      element: change,
      action: change.dataset.action,
      words: change.textContent.toLowerCase(),
    })),
  }));
  const total = sections.reduce((sum, section) => sum + section.changes.length, 0);

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const narrowed = words.length > 0 || actions.size < boxes.length;
    let count = 0;
    for (const section of sections) {
      let found = 0;
      for (const change of section.changes) {
        const fits =
          actions.has(change.action) && words.every((word) => change.words.includes(word));
        change.element.hidden = !fits;
        found += fits;
      }
      section.element.hidden = found === 0;
      section.element.open = narrowed ? found > 0 : section.atFirst;
      count += found;
    }
    shown.textContent = narrowed ? `${count} of ${total} shown` : `${total} changes`;
    none.hidden = count > 0;
  }

  // A node of the picture leads to its change, wherever that is hidden.
  function reveal() {
    const change = document.getElementById(location.hash.slice(1));
    if (!change || !change.classList.contains("change")) return;
    if (change.hidden) {
      search.value = "";
      for (const box of boxes) box.checked = true;
      apply();
    }
    change.closest("details").open = true;
    change.scrollIntoView();
    change.focus();
  }

  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  for (const box of boxes) box.addEventListener("change", apply);
  filter.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
  filter.hidden = false;
  reveal();
})();
