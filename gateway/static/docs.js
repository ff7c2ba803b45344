"use strict";

// The search box of the documentation: every word must occur in what the operation says of itself.
(function () {
  const box = document.getElementById("search");
  const nothing = document.getElementById("nothing");
  const services = Array.from(document.querySelectorAll("section.service"));

  function search() {
    const words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const service of services) {
      let here = 0;
      for (const operation of service.querySelectorAll("details.operation")) {
        const fits = words.every((word) => operation.dataset.text.includes(word));
        operation.hidden = !fits;
        here += fits ? 1 : 0;
      }
      service.hidden = here === 0;
      found += here;
    }
    nothing.hidden = found > 0 || words.length === 0;
  }

  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  }

  box.addEventListener("input", search);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.id) history.replaceState(null, "", "#" + event.target.id);
  }, true);
  window.addEventListener("hashchange", openTarget);
  search();
  openTarget();
})();
