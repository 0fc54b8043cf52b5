// Hides what does not hold all the words. The page reads as well without this.
(() => {
  const form = document.getElementById("filter"), words = document.getElementById("words");
  const output = form.querySelector("output");
  const groups = [...document.querySelectorAll(".group")].reverse();  // inner ones first
  const folds = (element) => [...(element.matches("details") ? [element] : []), ...element.querySelectorAll("details")];
  const inside = (fold) => [...fold.children].filter((each) => each.tagName !== "SUMMARY");
  const items = [...document.querySelectorAll(".item")].map((element) => {
    const text = element.textContent.toLowerCase();
    const folded = folds(element).flatMap(inside).map((each) => each.textContent.toLowerCase());
    return { element, text, seen: folded.reduce((rest, part) => rest.replace(part, () => " "), text) };
  });
  let opened = [];
  const open = (fold) => {
    if (!fold.open) {
      fold.open = true;
      opened.push(fold);
    }
  };

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const fold of opened) fold.open = false;
    opened = [];
    let shown = 0;
    for (const { element, text, seen } of items) {
      const match = wanted.every((word) => text.includes(word));
      element.hidden = !match;
      shown += match;
      if (match && !wanted.every((word) => seen.includes(word))) folds(element).forEach(open);
    }
    for (const group of groups) {
      const hit = !wanted.length || group.querySelector(".item:not([hidden])");
      group.hidden = !hit;
      if (hit && wanted.length && group.matches("details")) open(group);
    }
    document.body.classList.toggle("filtered", wanted.length > 0);
    output.textContent = wanted.length ? `${shown} of ${items.length}` : "";
  }

  // A link leads to what the filter hides: then the filter goes.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      words.value = "";
      filter();
    }
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  });
  let wait;
  words.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(filter, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
