/* What is wider than the page scrolls in a box of its own. Each such box is reached by the
   tab key, and fades at the side on which more is to come (book.css). Long names in
   code may be broken between their words, and the arrows of the side bar get names. */
(() => {
  "use strict";
  const BOXES = [
    "pre",
    ".math",
    "mjx-container",
    ".output",
    ".cell_output",
    ".table-wrapper",
    ".pst-scrollable-table-container",
  ];

  const mark = (box) => {
    const beyond = box.scrollWidth - box.clientWidth;
    const scrolls = beyond > 1 && getComputedStyle(box).overflowX !== "visible";
    box.classList.toggle("has-more-left", scrolls && box.scrollLeft > 1);
    box.classList.toggle("has-more-right", scrolls && box.scrollLeft < beyond - 1);
    if (scrolls) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  };

  const watch = () => {
    const sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) mark(target);
    });
    const selector = BOXES.map((box) => `.bd-article ${box}`).join();
    const boxes = [...document.querySelectorAll(selector)];
    for (const box of boxes) {
      sizes.observe(box);
      box.addEventListener("scroll", () => mark(box), { passive: true });
    }
    // A glyph that is still drawn in another font is wider or narrower than its box.
    document.fonts.addEventListener("loadingdone", () => boxes.forEach(mark));
  };

  // A name too long for its line is broken after a mark, not within a word (book.css).
  const MARKS = /(?<=[_.,=/]|\w{5}\()(?=\w)/;
  addEventListener("DOMContentLoaded", () => {
    for (const name of document.querySelectorAll(".bd-article code .pre"))
      name.replaceChildren(
        ...name.textContent
          .split(MARKS)
          .flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part])),
      );
  });

  // The arrows of the side bar get the names that the theme leaves out.
  addEventListener("DOMContentLoaded", () => {
    for (const arrow of document.querySelectorAll(".bd-sidenav summary")) {
      const page = arrow.closest("li").querySelector("a").textContent;
      arrow.setAttribute("aria-label", `Below ${page}`);
    }
  });

  // The switch of colours would lose the focus by being used.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".theme-switch-button");
    if (button) setTimeout(() => button.focus(), 0);
  });

  // Formulas have their width only when they are set.
  addEventListener("load", () => {
    (window.MathJax?.startup?.promise ?? Promise.resolve()).then(watch);
  });
})();
