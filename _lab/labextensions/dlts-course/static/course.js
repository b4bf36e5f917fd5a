/* JupyterLab shows a chapter as the book does.

MyST's roles, labels of formulas and targets of links are raw text to JupyterLab.  Here
they get their texts just before Markdown is rendered; the notebook itself stays as it
is.  Glued numbers come from the notebook's outputs, citations from references.bib,
captions from the cells of the figures.

JupyterLab loads this file as it is: there is nothing to build. */

(() => {
  const NAME = "dlts-course";
  const MARKDOWN = "text/markdown";
  const GLUED = "application/papermill.record/text/plain";
  const ROLE = /\{([a-z]+(?::[a-z]+)?)\}`([^`]+)`/g;
  const LABEL = /\$\$[ \t]*\(([\w-]+)\)/g;
  const TARGET = /^\(([\w-]+)\)=[ \t]*$/gm;
  const ENTRY = /@\w+\{([^,\s]+),([^]*?)\n\}/g;
  const FIELD = /^\s*(\w+)\s*=\s*\{(.*)\},?\s*$/gm;

  // Validate's dialog lists the source and the message of each check in turn; captions
  // and boxes look as in the book.
  const STYLE = `
    #validation-message.validation-failed > div:nth-child(3n + 1),
    #validation-message.validation-failed > div:nth-child(3n + 2) {
      display: none;
    }
    #validation-message.validation-failed > div pre {
      white-space: pre-wrap;
      margin: 0 0 1em;
    }
    .dlts-caption {
      margin-left: calc(
        var(--jp-cell-collapser-width) + var(--jp-cell-prompt-width)
      );
      max-width: 46em;
    }
    .jp-RenderedMarkdown .admonition {
      border-left: 4px solid var(--jp-brand-color1);
      margin-bottom: 1em;
      padding: 0.1em 1em;
      background: var(--jp-layout-color2);
    }
  `;

  // --- What a notebook holds ------------------------------------------------------

  /** Return the cells of a notebook's model. */
  function* cellsOf(model) {
    for (let i = 0; i < model.cells.length; i++) yield model.cells.get(i);
  }

  /** Return the caption of the figure that a cell draws, or undefined. */
  const figureOf = (cell) => cell.getMetadata("mystnb")?.figure;

  /** Return the glued values of a notebook by their names. */
  function gluedIn(model) {
    const values = new Map();
    for (const cell of cellsOf(model)) {
      for (let i = 0; i < (cell.outputs?.length ?? 0); i++) {
        const output = cell.outputs.get(i);
        const name = output.metadata.scrapbook?.name;
        if (name) values.set(name, String(output.data[GLUED]).replace(/^'|'$/g, ""));
      }
    }
    return values;
  }

  /** Return the numbers of a notebook's labelled formulas and figures. */
  function numbersIn(model) {
    const labels = [];
    const figures = [];
    for (const cell of cellsOf(model)) {
      if (cell.type === "markdown") {
        for (const match of cell.sharedModel.getSource().matchAll(LABEL)) {
          labels.push(match[1]);
        }
      } else if (figureOf(cell)) {
        figures.push(figureOf(cell).name);
      }
    }
    const count = (names) => new Map(names.map((name, i) => [name, i + 1]));
    return { formulas: count(labels), figures: count(figures) };
  }

  // --- Citations ------------------------------------------------------------------

  /** Return the entries of a bibliography by their keys. */
  function entriesOf(bibtex) {
    const entries = new Map();
    for (const [, key, body] of bibtex.matchAll(ENTRY)) {
      const fields = [...body.matchAll(FIELD)].map(([, name, value]) => [name, value]);
      entries.set(key, Object.fromEntries(fields));
    }
    return entries;
  }

  /** Return who wrote something, as it is cited. */
  function authorsOf(entry) {
    const names = entry.author
      .split(" and ")
      .map((name) => (name.startsWith("{") ? name.slice(1, -1) : name.split(",")[0]));
    if (names.length > 2) return `${names[0]} et al.`;
    return names.join(" and ");
  }

  /** Return a link to a work, or its words alone where it has no address. */
  function linked(words, entry) {
    const url = entry.doi ? `https://doi.org/${entry.doi}` : entry.url;
    return url ? `[${words}](${url} "${entry.title.replace(/["{}\\]/g, "")}")` : words;
  }

  /** Return the citation of one or several works, in the book's form. */
  function cite(keys, library, inText) {
    const known = keys.split(",").map((key) => library.get(key.trim()));
    if (known.includes(undefined)) return `[${keys}]`;
    const form = (entry) => {
      const year = entry.year ?? "n.d.";
      return inText
        ? `${authorsOf(entry)} [${linked(year, entry)}]`
        : linked(`${authorsOf(entry)}, ${year}`, entry);
    };
    const text = known.map(form).join(", ");
    return inText ? text : `[${text}]`;
  }

  // --- Texts in place of roles ----------------------------------------------------

  /** Return a Markdown cell's source with texts in place of MyST's marks. */
  function plain(source, { model, library }) {
    const values = gluedIn(model);
    const { formulas, figures } = numbersIn(model);
    const texts = {
      "cite": (keys) => cite(keys, library, false),
      "cite:t": (keys) => cite(keys, library, true),
      "eq": (label) => `[(${formulas.get(label)})](#${label})`,
      "glue:text": (name) => values.get(name),
      "numref": (name) => `[Figure ${figures.get(name)}](#${name})`,
      "term": (words) => words.replace(/\s*<[^>]*>$/, ""),
    };
    return source
      .replace(TARGET, (_, name) => `<a id="${name}"></a>\n`)
      .replace(LABEL, (_, name) => `\\tag{${formulas.get(name)}}\n$$`)
      .replace(ROLE, (raw, role, content) => texts[role]?.(content) ?? raw);
  }

  /** Return a factory of renderers that put texts in before they render. */
  function withTexts(standard, contextOf) {
    const createRenderer = (options) => {
      const renderer = standard.createRenderer(options);
      const render = renderer.renderModel.bind(renderer);
      renderer.renderModel = async (given) => {
        const source = given.data[MARKDOWN];
        const text = plain(source, await contextOf(source));
        return render({
          data: { ...given.data, [MARKDOWN]: text },
          metadata: given.metadata,
          trusted: given.trusted,
        });
      };
      return renderer;
    };
    return { ...standard, createRenderer };
  }

  // --- Links ----------------------------------------------------------------------

  /** Return the cell with a target, a figure or an id of that name, or undefined. */
  const cellWith = (model, name) =>
    [...cellsOf(model)].find(
      (cell) =>
        cell.id === name ||
        figureOf(cell)?.name === name ||
        cell.sharedModel.getSource().includes(`(${name})=`) ||
        cell.sharedModel.getSource().includes(`$$ (${name})`),
    );

  /** Let links lead to targets, also where their cells are not rendered yet. */
  function followTargets(notebook) {
    const follow = notebook.setFragment.bind(notebook);
    notebook.setFragment = (fragment) => {
      const cell = cellWith(notebook.model, fragment.replace("#", ""));
      return follow(cell ? `#cell-id=${cell.id}` : fragment);
    };
  }

  // --- Captions -------------------------------------------------------------------

  /** Put the captions below the figures of a notebook. */
  async function addCaptions({ widgets, rendermime }) {
    let number = 0;
    for (const cell of widgets) {
      const figure = figureOf(cell.model);
      if (!figure) continue;
      number += 1;
      if (cell.node.querySelector(":scope > .dlts-caption")) continue;
      const caption = rendermime.createRenderer(MARKDOWN);
      caption.addClass("dlts-caption");
      const text = `<a id="${figure.name}"></a>**Figure ${number}.** ${figure.caption}`;
      cell.node.append(caption.node);
      await caption.renderModel({ data: { [MARKDOWN]: text }, metadata: {} });
      rendermime.latexTypesetter?.typeset(caption.node);
    }
  }

  // --- The plugin -----------------------------------------------------------------

  /** Connect to JupyterLab. */
  function activate(app, tracker) {
    const libraries = new Map();

    /** Return the course's bibliography, read once. */
    function libraryFor(path) {
      const root = path.split("/").slice(0, -2);
      const file = [...root, "references.bib"].join("/");
      if (!libraries.has(file)) {
        const found = app.serviceManager.contents
          .get(file, { type: "file", format: "text", content: true })
          .then(({ content }) => entriesOf(content))
          .catch(() => new Map());
        libraries.set(file, found);
      }
      return libraries.get(file);
    }

    tracker.widgetAdded.connect(async (_, panel) => {
      const { rendermime } = panel.content;
      const standard = rendermime.getFactory(MARKDOWN);
      const contextOf = async (source) => ({
        model: panel.content.model,
        library: source.includes("{cite") ? await libraryFor(panel.context.path) : null,
      });
      rendermime.addFactory(withTexts(standard, contextOf), standard.defaultRank);
      followTargets(panel.content);
      await panel.revealed;
      await addCaptions(panel.content);
    });
    document.head.insertAdjacentHTML("beforeend", `<style>${STYLE}</style>`);
  }

  /** Return a module that JupyterLab shares with its extensions. */
  async function shared(scope, name) {
    const [version] = Object.values(scope[name]);
    return (await version.get())();
  }

  let scope;
  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => {
      scope = given;
    },
    get: async () => {
      const { INotebookTracker } = await shared(scope, "@jupyterlab/notebook");
      const requires = [INotebookTracker];
      const plugin = { id: `${NAME}:chapters`, autoStart: true, requires, activate };
      return () => ({ default: plugin, __esModule: true });
    },
  };
})();
