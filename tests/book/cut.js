/* Say what of an article cannot be seen, and which boxes scroll sideways.

   A text, picture or formula is cut where the nearest box that clips it hides a part of it
   and cannot be scrolled, or where it leaves the window. A name of code is broken
   where a word of it stands on two lines, or across the edge of the box that clips it.
   A box is faded for nothing where it is marked as one that scrolls, and does not. */
(() => {
  const article = document.querySelector(".bd-article");
  const unseen = "mjx-assistive-mml, .headerlink, .visually-hidden, script, style";
  const clips = (box) => {
    const { overflowX, display } = getComputedStyle(box);
    return overflowX !== "visible" && display !== "inline" && display !== "contents";
  };
  const scrolls = (box) =>
    /auto|scroll/.test(getComputedStyle(box).overflowX) &&
    box.scrollWidth > box.clientWidth + 1;
  const place = (node) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const words = (element.closest("mjx-container")?.textContent || node.textContent).trim();
    const id = element.closest("section[id], div[id]")?.id;
    return `#${id}: ${(words || element.tagName).slice(0, 60)}`;
  };
  const rectangles = (node) => {
    const range = document.createRange();
    if (node.nodeType === Node.TEXT_NODE) range.selectNodeContents(node);
    else range.selectNode(node);
    return [...range.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
  };
  const isCut = (node, boxes) =>
    rectangles(node).some((r) => {
      for (const box of boxes) {
        const edge = box.getBoundingClientRect();
        if (r.left >= edge.left - 1 && r.right <= edge.right + 1) continue;
        return !scrolls(box);
      }
      return r.left < -1 || r.right > document.documentElement.clientWidth + 1;
    });

  const isBroken = (node, boxes) =>
    [...node.data.matchAll(/\p{L}+|\p{N}+/gu)].some(({ index, 0: word }) => {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const { left, right } = range.getBoundingClientRect();
      const tops = [...range.getClientRects()].map((r) => Math.round(r.top));
      const edges = boxes.map((box) => box.getBoundingClientRect());
      return new Set(tops).size > 1 ||
        edges.some((edge) => left < edge.right - 1 && right > edge.right + 1);
    });

  const cut = [];
  const broken = [];
  const found = new Set();
  const kinds = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT;
  const nodes = document.createTreeWalker(article, kinds);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const isText = node.nodeType === Node.TEXT_NODE;
    if (isText ? !node.data.trim() : !node.matches("img, svg, input, mjx-math")) continue;
    const parent = node.parentElement;
    if (parent.closest(unseen) || !parent.checkVisibility()) continue;
    const boxes = [];
    for (let box = parent; box !== article; box = box.parentElement)
      if (clips(box)) boxes.push(box);
    boxes.filter(scrolls).forEach((box) => found.add(box));
    if (isCut(node, boxes)) cut.push(place(node));
    if (isText && node.parentElement.closest("code") && isBroken(node, boxes))
      broken.push(place(node));
  }
  const hint = (box) => box.matches(".has-more-left, .has-more-right");
  return {
    cut: [...new Set(cut)],
    broken,
    unreachable: [...found].filter((box) => box.tabIndex < 0).map(place),
    faded: [...article.querySelectorAll(".has-more-left, .has-more-right")]
      .filter((box) => !scrolls(box))
      .map(place),
    unmarked: [...found].filter((box) => !hint(box)).map(place),
    code: [...found].filter((box) => box.matches("pre")).map(place),
  };
})();
