/* Search the sections of the book. A section counts for a word that it teaches, that stands
   in its heading or its page's title, or in its text; rare words count more. */
(() => {
  "use strict";
  const SHOWN = 30;
  const WORTH = { chapters: 2, exercises: 0.7 };
  const WEIGHTS = { taught: 40, heading: 12, page: 5, text: 1 };
  const fold = (text) =>
    text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const words = (text) => fold(text).match(/[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu) ?? [];
  const stem = (word) => (word.length > 4 ? word.replace(/(ies|es|s|ing|ed)$/, "") : word);

  const sections = window.SECTIONS.map(([address, page, title, text, taught]) => {
    const count = new Map();
    for (const word of words(text)) {
      const key = stem(word);
      count.set(key, (count.get(key) ?? 0) + 1);
    }
    const keys = (some) => new Set(words(some).map(stem));
    const part = address.split("/")[0];
    return {
      address, page, worth: WORTH[part] ?? 1, title, text, count, size: 50 + words(text).length,
      taught: taught.map((term) => words(term).map(stem).join(" ")),
      heading: keys(title), pageKeys: keys(page),
    };
  });

  const rarity = (key) => {
    const holders = sections.filter(
      ({ count, heading }) => count.has(key) || heading.has(key)
    ).length;
    return Math.log(1 + sections.length / (1 + holders));
  };
  const find = (query) => {
    const keys = [...new Set(words(query).map(stem))];
    const rare = new Map(keys.map((key) => [key, rarity(key)]));
    const phrase = keys.join(" ");
    const score = (section) => {
      let sum = section.taught.includes(phrase) ? WEIGHTS.taught : 0;
      for (const key of keys) {
        const many = section.count.get(key) ?? 0;
        const part =
          WEIGHTS.heading * section.heading.has(key) +
          WEIGHTS.page * section.pageKeys.has(key) +
          (WEIGHTS.text * 100 * many) / (many + 2) / Math.sqrt(section.size);
        if (part === 0) return 0;
        sum += part * rare.get(key);
      }
      return sum * section.worth;
    };
    return sections
      .map((section) => ({ section, value: score(section) }))
      .filter(({ value }) => value > 0)
      .sort((a, b) => b.value - a.value);
  };

  const make = (name, text = "") =>
    Object.assign(document.createElement(name), { textContent: text });
  const excerpt = (text, keys) => {
    const parts = text.split(/(?<=[.?!])\s+/);
    const first = parts.findIndex((part) => words(part).some((w) => keys.has(stem(w))));
    const shown = parts.slice(Math.max(0, first), Math.max(0, first) + 2).join(" ");
    const line = make("p");
    for (const piece of shown.slice(0, 300).split(/([\p{L}\p{N}_.]*[\p{L}\p{N}_])/u))
      line.append(keys.has(stem(fold(piece))) ? make("mark", piece) : piece);
    return line;
  };
  const show = ({ section }, keys) => {
    const item = make("li");
    const link = make("a", section.title === section.page ? section.page :
      `${section.page}: ${section.title}`);
    link.href = section.address;
    item.append(link, excerpt(section.text, keys));
    return item;
  };
  const run = (query) => {
    const keys = new Set(words(query).map(stem));
    const found = keys.size ? find(query) : [];
    const list = document.querySelector("#search-results");
    list.replaceChildren(...found.slice(0, SHOWN).map((hit) => show(hit, keys)));
    document.querySelector("#search-count").textContent = !keys.size
      ? "" : found.length === 0
      ? `Nothing was found for "${query}". Try fewer or other words.`
      : `${found.length} ${found.length === 1 ? "section" : "sections"} for "${query}"`;
  };

  const query = new URLSearchParams(location.search).get("q") ?? "";
  const field = document.querySelector(".bd-article form input[name=q]");
  field.value = query;
  field.focus();
  field.addEventListener("input", () => run(field.value));
  run(query);
})();
