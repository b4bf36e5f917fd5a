/* Say of the element that has the focus whether a reader sees it, and sees the focus. */
(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const drawn = (node) => {
    const { outlineStyle, outlineWidth, boxShadow, borderColor, textDecoration,
      backgroundColor } = getComputedStyle(node);
    const outline = outlineStyle === "none" ? "" : `${outlineStyle} ${outlineWidth}`;
    return [outline, boxShadow, borderColor, textDecoration, backgroundColor].join("; ");
  };
  const around = [element, element.parentElement, element.closest("li")].filter(Boolean);
  const during = around.map(drawn);
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(
    Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2),
    Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 2));
  const seen = box.width > 3 && box.height > 3 && element.checkVisibility({
    checkOpacity: true, checkVisibilityCSS: true });
  const onScreen = box.right > 0 && box.x < innerWidth && box.bottom > 0 &&
    box.y < innerHeight;
  element.blur();
  const before = around.map(drawn);
  element.focus({ preventScroll: true, focusVisible: true });
  return {
    name: `${element.tagName.toLowerCase()}.${element.className}`.slice(0, 80),
    text: (element.ariaLabel || element.textContent || "").trim().slice(0, 40),
    seen: seen && onScreen,
    marked: during.some((looks, i) => looks !== before[i]),
    inside: Boolean(element.closest(".bd-article")),
  };
})()
