"""What runs when a page opens: active HTML, foreign pictures, formulas that lead away.

An answer is shown in formgrader with the rights of the instructor who opens it, and on
a feedback page with those of the student.
"""

import re
from html.parser import HTMLParser

from nbformat.v4 import new_markdown_cell, new_raw_cell

from grading.rehearsal.faults.case import Case, written

__all__ = ["active", "shown"]

_HTML = """\
<script>{token}()</script>
<img src=x onerror={token}()>
<svg onload={token}()></svg>
<iframe srcdoc='<script>{token}()</script>'></iframe>
<meta http-equiv=refresh content='0;url=https://{token}.example'>
<base href=https://{token}.example>
<form action=/{token}><button>Go</button></form>
<a href='java\tscript:{token}()'>here</a>
<a href='data:text/html,<script>{token}()</script>'>here</a>
<div style='background:url(https://{token}.example)'>over</div>
<img src=//{token}.example/seen.png>
<details open ontoggle={token}()>x</details>
<!--><img src=x onerror={token}()>-->
<math><mtext><table><mglyph><style><img src=x onerror={token}()>
<div>$\\hr<wbr>ef{{javascript:{token}()}}{{x}}$</div>
<div>$\\h&#114;ef{{javascript:{token}()}}{{x}}$</div>
"""
_MARKDOWN = """\
[here](javascript:{token}())
![picture](https://{token}.example/seen.png)
$\\href{{javascript:{token}()}}{{x}}$
$\\mmlToken{{mi}}[href='javascript:{token}()']{{x}}$
"""
_TYPED = frozenset(("code", "pre"))
_RUN = frozenset(("script", "style"))
_POLICY = "default-src 'none'"  # with it a browser runs and loads nothing
_IN_SPITE_OF_IT = ("meta",)
_FORMULA = re.compile(r"\$[^$]*\$")


def shown(exercise, bait):
    """Return the cases of an `Exercise` whose pages are an attack, for a `Bait`."""
    html = _HTML.format(token=bait.token).splitlines()
    texts = [*html, *_MARKDOWN.format(token=bait.token).splitlines()]
    display = "\n".join(
        [
            "from IPython.display import HTML, Markdown, display",
            *(f"display(HTML({line!r}))" for line in html),
            *(f"display(Markdown({line!r}))" for line in texts),
            "",
        ]
    )
    notebook = exercise.answered()
    for text in texts:
        notebook.cells += [new_markdown_cell(text), new_raw_cell(text)]
    right = exercise.right[exercise.victim]
    printed = exercise.answered(**{exercise.victim: display + right})
    return [
        Case("active text", written(exercise, notebook)),
        Case("active outputs", written(exercise, printed)),
        Case("active page beside it", _with_page(exercise, html)),
    ]


def _with_page(exercise, lines):
    """Return what writes right answers, and a page that a link in them opens."""
    notebook = exercise.answered()
    notebook.cells.append(new_markdown_cell("[My figure](figure.html)"))
    write = written(exercise, notebook)

    def write_both(folder):
        write(folder)
        (folder / "figure.html").write_text("\n".join(lines), encoding="utf-8")

    return write_both


def active(page, token):
    r"""Return where a page would run a token or lead to it by itself, in words.

    Parameters
    ----------
    page : str
        HTML.
    token : str
        What attacks have in them.

    Returns
    -------
    list of str
        The elements, and formulas.

    Examples
    --------
    >>> active("<pre>token</pre><a href=token>$\href{token}{x}$", "token")
    ['a', 'formula']
    """
    reader = _Reader(token)
    reader.feed(page)
    formulas = _FORMULA.findall("".join(reader.text))
    found = reader.found + ["formula" for each in formulas if token in each]
    if _POLICY in page.partition("</head>")[0]:
        return [each for each in found if each in _IN_SPITE_OF_IT]
    return found


class _Reader(HTMLParser):
    """A reader that finds a token, and the text outside of what was typed."""

    def __init__(self, token):
        super().__init__()
        self.found, self.text = [], []
        self._token, self._open = token, []

    def handle_starttag(self, tag, attributes):
        """Look into the attributes of an element."""
        self._open += [tag] if tag in _TYPED | _RUN else []
        if any(self._token in (value or "") for _, value in attributes):
            self.found.append(tag)

    def handle_endtag(self, tag):
        """Leave an element."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        """Look into what runs, and keep what is neither that nor typed."""
        if not self._open:
            self.text.append(data)
        elif self._open[-1] in _RUN and self._token in data:
            self.found.append(self._open[-1])
