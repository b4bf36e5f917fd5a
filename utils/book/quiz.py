"""Quiz questions that explain every answer, in the static book and in JupyterLab.

A question is plain HTML: each answer opens to say whether it is right and why.  It
needs neither script nor network, and works by mouse, touch, keyboard and screen reader.
"""

import hashlib
import html
import re
from dataclasses import dataclass

__all__ = ["Option", "Question", "right", "show", "wrong"]

_OBJECTIVE = re.compile(r"[1-9]\d?\.[1-9]\d?")

_STYLE = """<style>
article.bd-article{counter-reset:dlts-quiz}
.dlts-quiz{margin:1.2em 0;counter-increment:dlts-quiz}
.dlts-quiz p{margin:0 0 .5em}
article .dlts-quiz-label::after{content:" " counter(dlts-quiz)}
.dlts-quiz-label{font-weight:650}
.dlts-quiz-objective{font-size:.82em;white-space:nowrap}
.dlts-quiz details{border:1px solid #8885;border-radius:6px;margin:0 0 .45em}
.dlts-quiz summary{cursor:pointer;padding:.5em .8em;border-radius:6px}
.dlts-quiz summary:hover{background:#8881}
.dlts-quiz summary:focus-visible{outline:3px solid #3f9bd1;outline-offset:1px}
.dlts-quiz-answer{border-left:4px solid #d55e00;margin:.1em .8em .7em;padding:.1em .8em}
.dlts-quiz-answer.is-right{border-color:#009e73}
.dlts-quiz-answer p{margin:0}
@media print{.dlts-quiz{break-inside:avoid}
.dlts-quiz details::details-content{display:block;content-visibility:visible}}
</style>"""


@dataclass(frozen=True)
class Option:
    """One answer to a question, with the reason why it is right or not.

    Attributes
    ----------
    text : str
        The answer, in the inline markup of `show`.
    is_right : bool
        Whether the answer is right.
    why : str
        What a reader who chose it should know, in the same markup.
    """

    text: str
    is_right: bool
    why: str

    def __post_init__(self):
        """Refuse an answer without text or without explanation."""
        if not self.text.strip():
            raise ValueError("text of an option is empty; write the answer there.")
        if not self.why.strip():
            raise ValueError(
                f"why is empty for the option {self.text!r}; explain every answer, "
                "right or wrong."
            )


def right(text, *, why):
    """Make a right answer.

    Parameters
    ----------
    text : str
        The answer, in the inline markup of `show`.
    why : str
        Why it is right.

    Returns
    -------
    Option

    Raises
    ------
    ValueError
        If `text` or `why` is empty.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> right("4", why="Two and two make four.").is_right
    True
    """
    return Option(text, True, why)


def wrong(text, *, why):
    """Make a wrong answer.

    Parameters
    ----------
    text : str
        The answer, in the inline markup of `show`.
    why : str
        What is wrong with it, in words that lead to the right one.

    Returns
    -------
    Option

    Raises
    ------
    ValueError
        If `text` or `why` is empty.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> wrong("5", why="That is one too many.").is_right
    False
    """
    return Option(text, False, why)


@dataclass(frozen=True)
class Question:
    """A question that a notebook shows as HTML and a terminal as text.

    Attributes
    ----------
    text : str
        The question.
    objective : str
        The learning objective that it tests.
    options : tuple of Option
        The answers, in the order shown.
    """

    text: str
    objective: str
    options: tuple

    @property
    def html(self):
        """The question as HTML that needs nothing else."""
        several = sum(option.is_right for option in self.options) > 1
        name = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        group = "" if several else f' name="quiz-{name}"'
        target = "obj-" + self.objective.replace(".", "-")
        note = " <em>(more than one answer is right)</em>" if several else ""
        return "\n".join(
            [
                f'<div class="dlts-quiz" role="group" data-objective="{self.objective}"'
                f' aria-label="Question on objective {self.objective}">',
                _STYLE,
                '<p><strong class="dlts-quiz-label">Question</strong> '
                f"{_inline(self.text)}{note} "
                f'<a class="dlts-quiz-objective" href="#{target}">'
                f"objective {self.objective}</a></p>",
                *(_answer(option, group) for option in self.options),
                "</div>",
            ]
        )

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        """Return the question and its answers as plain text."""
        lines = [f"Question (objective {self.objective}): {self.text}"]
        for option in self.options:
            verdict = "right" if option.is_right else "not right"
            lines.append(f"- {option.text} [{verdict}: {option.why}]")
        return "\n".join(lines)


def show(question, *, objective, options):
    """Show a question whose answers explain themselves when they are opened.

    Parameters
    ----------
    question : str
        The question. Inline markup here and in the options: ``$x_1$`` for mathematics,
        backticks for code, ``*emphasis*``, ``**bold**``; a backslash before a dollar
        sign keeps it. All else is shown as it stands.
    objective : str
        Id of the learning objective that the question tests, such as ``"1.2"``; the
        question links to the section that carries the target ``obj-1-2``.
    options : sequence of Option
        At least two answers, made with `right` and `wrong`, at least one of them right.

    Returns
    -------
    Question
        Shown by the notebook when it is the cell's last value.

    Raises
    ------
    ValueError
        If the question is empty, the objective is not an id, there are fewer than two
        options, none is right, or two have the same text.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> show(
    ...     "What is $2 + 2$?",
    ...     objective="1.1",
    ...     options=[
    ...         right("4", why="Two and two make four."),
    ...         wrong("5", why="That is one too many."),
    ...     ],
    ... )
    Question (objective 1.1): What is $2 + 2$?
    - 4 [right: Two and two make four.]
    - 5 [not right: That is one too many.]
    """
    options = tuple(options)
    if not question.strip():
        raise ValueError("question is empty; write what the reader is asked.")
    if not _OBJECTIVE.fullmatch(str(objective)):
        raise ValueError(
            f"objective must be chapter.number, such as '1.2'; got {objective!r}."
        )
    _check_options(options)
    return Question(question, str(objective), options)


def _check_options(options):
    unknown = [option for option in options if not isinstance(option, Option)]
    if unknown:
        raise ValueError(
            "options must be made with quiz.right(...) and quiz.wrong(...); "
            f"got {unknown[0]!r}."
        )
    if len(options) < 2:
        raise ValueError(f"options needs at least two answers; got {len(options)}.")
    if not any(option.is_right for option in options):
        raise ValueError("options has no right answer; make one with quiz.right(...).")
    texts = [option.text for option in options]
    if len(set(texts)) < len(texts):
        raise ValueError(f"options repeats an answer; all must differ: {texts}.")


def _answer(option, group):
    verdict, css = (
        ("&#10003; Right.", "dlts-quiz-answer is-right")
        if option.is_right
        else ("&#10007; Not right.", "dlts-quiz-answer")
    )
    return (
        f"<details{group}>"
        f'<summary data-lm-suppress-shortcuts="true">{_inline(option.text)}</summary>'
        f'<div class="{css}"><p><strong>{verdict}</strong> '
        f"{_inline(option.why)}</p></div></details>"
    )


_MARKUP = re.compile(
    r"\\\$|`(?P<code>[^`]+)`|(?<!\\)\$(?P<math>[^$]+)\$"
    r"|\*\*(?P<bold>[^*]+)\*\*|\*(?P<em>[^*\s][^*]*)\*"
)


def _inline(text):
    """Turn the inline markup into HTML; mathematics goes to the page's MathJax."""
    parts, end = [], 0
    for match in _MARKUP.finditer(text):
        parts.append(html.escape(text[end : match.start()]))
        parts.append(_element(match))
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def _element(match):
    if match.lastgroup is None:
        return "&#36;"
    body = html.escape(match[match.lastgroup])
    if match.lastgroup == "math":
        return f'<span class="math notranslate nohighlight">\\({body}\\)</span>'
    tag = {"code": "code", "bold": "strong", "em": "em"}[match.lastgroup]
    return f"<{tag}>{body}</{tag}>"
