/* Return one element for each way in which text is coloured on this page, by its looks.

   What decides whether words stand out: their colour, size and weight, all that is painted
   behind them, and for a link how it differs from the words around it. */
(() => {
  const plain = new Set(["rgba(0, 0, 0, 0)", "none", "1", "normal"]);
  const grounds = new Map([[null, ""]]);
  const ground = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } =
        getComputedStyle(element);
      const paint = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode];
      const own = paint.filter((value) => !plain.has(value)).join();
      const below = ground(element.parentElement);
      grounds.set(element, own ? `${below}/${own}` : below);
    }
    return grounds.get(element);
  };
  const looks = (element) => {
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(element);
    const around = element.matches("a") && getComputedStyle(element.parentElement);
    const link = around ? [textDecorationLine, around.color, around.fontWeight] : [];
    return [color, fontSize, fontWeight, ...link, ground(element)].join("; ");
  };
  const says = (element) =>
    element.matches("a, button, input, select, textarea") ||
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

  const samples = new Map();
  for (const element of document.querySelectorAll("body, body *"))
    if (says(element) && element.checkVisibility()) {
      const key = looks(element);
      if (!samples.has(key)) samples.set(key, element);
    }
  return samples;
})();
