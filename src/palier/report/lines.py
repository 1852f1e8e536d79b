"""Every figure with its lines: each line's arithmetic whole, sums that add up, the clauses with their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from palier.engine.explain import ExplainedLine, Explanation
from palier.report.arithmetic import exact, formula
from palier.report.content import Report, credit_metrics
from palier.report.html import Markup, Node, tag
from palier.report.links import to_source
from palier.report.points import factor_rank
from palier.report.words import Speech

ALL = slice(None)


def figures(report: Report, speech: Speech) -> Markup:
    """The chain: the credits with all their lines open, the other figures behind a click."""
    credits_ = credit_metrics(report.program, report.on)
    first = [each for metric in credits_ if (each := report.explanation(metric)) is not None]
    rest = [each for each in report.explanations if each.metric not in credits_]
    return tag(
        "section",
        tag("h2", speech.say("figures_heading")),
        tag("p", speech.say("figures_lead"), class_="soft"),
        *(_figure(report, speech, each, shown=True) for each in first),
        tag("h3", speech.say("other_figures")),
        *(_figure(report, speech, each, shown=False, level=4) for each in rest),
        class_="card",
        id="figures",
    )


def one_figure(
    report: Report, speech: Speech, explanation: Explanation, *, part: slice = ALL, level: int = 3
) -> Markup:
    """One figure with its lines open, or a part of them, its sums over all of them, and the clauses behind them."""
    return _figure(report, speech, explanation, shown=True, part=part, level=level)


def row_count(report: Report, explanation: Explanation) -> int:
    """How many rows a figure is shown in: one a line, but one a source for the two sides of a ratio."""
    if report.program.metrics[explanation.metric].kind in {"ratio", "share"}:
        return len({_side(each) for each in explanation.lines})
    return len(explanation.lines)


def _side(each: ExplainedLine) -> tuple[str, str]:
    """What the two sides of a ratio have in common: source and customer."""
    return (each.line.source_id, each.line.customer_id or each.line.source_id)


def customer(name: str) -> Markup:
    """A name as it is, whatever language it is in."""
    return tag("bdi", name, translate="no")


def _figure(
    report: Report, speech: Speech, explanation: Explanation, *, shown: bool, part: slice = ALL, level: int = 3
) -> Markup:
    heading = tag(
        "header",
        tag(f"h{level}", explanation.title),
        tag("b", explanation.value, class_="value"),
        class_="figure",
    )
    sentence = tag("p", explanation.sentence, class_="soft")
    reason = None if explanation.reason is None else tag("p", explanation.reason)
    table: Node = _table(report, speech, explanation, part) if explanation.lines else None
    if table is not None and not shown:
        summary = tag("summary", speech.count("show_lines", len(explanation.lines)))
        table = tag("details", summary, table, _clauses(speech, explanation.lines, level + 1))
    elif table is not None:
        table = (table, _clauses(speech, explanation.lines, level + 1))
    return tag("article", heading, sentence, reason, table, id=f"figure-{explanation.metric}", class_="explained")


def _table(report: Report, speech: Speech, explanation: Explanation, part: slice) -> Markup:
    kind = report.program.metrics[explanation.metric].kind
    if kind in {"ratio", "share"}:
        return _ratio(report, speech, explanation, part)
    headings = ("line", "how", "counts", "clause", "amount")
    ordered = _ordered(explanation, kind)
    middle = _middle(len(ordered)) if kind == "median" else ()
    rows = [_row(report, speech, each, marked=place in middle) for place, each in list(enumerate(ordered))[part]]
    foot = [*_groups(speech, explanation), _sum(speech, explanation, kind)]
    cells = [tag("th", speech.say(each), scope="col", class_="r" if each == "amount" else None) for each in headings]
    return tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *rows), tag("tfoot", *foot), class_="lines")


def _ordered(explanation: Explanation, kind: str) -> list[ExplainedLine]:
    """A median's lines in the order that finds its middle, others the largest first."""
    if kind == "median":
        return sorted(explanation.lines, key=lambda each: (each.line.amount, each.line.source_id))
    return sorted(explanation.lines, key=lambda each: (-each.line.amount, each.line.source_id))


def _middle(count: int) -> tuple[int, ...]:
    return tuple(range((count - 1) // 2, count // 2 + 1))


def _row(report: Report, speech: Speech, each: ExplainedLine, *, marked: bool) -> Markup:
    line = each.line
    made = formula(speech.words, line)
    factors = [speech.source(line.factors.get("motion"), line.factors.get("market"))]
    sharers = int(line.factors.get("sharers", 1))
    if "sharers" in line.factors and sharers > 1:
        factors.append(speech.count("shared", sharers))
    said = " · ".join(part for part in factors if part) if made is not None else " · ".join(each.arithmetic)
    worked = None if made is None else tag("span", made.text, class_="sum")
    return tag(
        "tr",
        tag("th", _source(report, speech, each), scope="row"),
        tag("td", worked, None if not said else tag("small", said), class_="how"),
        tag("td", each.counts, class_="counts"),
        tag("td", _clause_link(each), class_="clause"),
        tag("td", _amount(speech, each), class_="r amount"),
        class_="middle" if marked else None,
    )


def _amount(speech: Speech, each: ExplainedLine) -> str:
    return speech.aligned(each.line.metric, each.line.amount) if each.line.part is None else each.amount


def _source(report: Report, speech: Speech, each: ExplainedLine) -> tuple[Node, ...]:
    line = each.line
    source = to_source(report.links, line, speech.words.source(line.source_table, line.source_id))
    if line.customer_id is None:
        return (source,)
    known_by = None if line.source_id == line.customer_id else f" · {line.customer_id}"
    return (customer(report.name(line.customer_id)), tag("small", source, known_by))


def _clause_link(each: ExplainedLine) -> Node:
    if each.clause is None:
        return None
    return tag("a", each.clause, href=f"#{_anchor(each)}", title=each.clause_text)


def _anchor(each: ExplainedLine) -> str:
    return f"clause-{each.line.metric}-{each.clause}"


def _groups(speech: Speech, explanation: Explanation) -> Iterable[Markup]:
    """Subtotals by motion and market, or by the metrics of a total: they add up to the sum beneath."""
    groups: dict[str, list[Fraction]] = defaultdict(list)
    for each in sorted(explanation.lines, key=lambda each: factor_rank(each.line)):
        factors = each.line.factors
        part = each.line.part
        group = speech.metric(part) if part is not None else speech.source(factors.get("motion"), factors.get("market"))
        groups[group].append(each.line.amount)
    if len(groups) < 2:  # noqa: PLR2004  # one group is the sum itself
        return
    for group, amounts in groups.items():
        value = sum(amounts, Fraction(0))
        name = speech.count("group", len(amounts), group=group)
        yield _foot(
            name, speech.aligned(explanation.metric, value), note=_exactly(speech, explanation, value), kind="group"
        )


def _exactly(speech: Speech, explanation: Explanation, value: Fraction) -> str | None:
    """The exact sum, where what is shown is rounded."""
    decimals = speech.words.rulebook.program.units[explanation.figure.unit].decimals
    if (value * 10**decimals).denominator == 1:
        return None
    return speech.say("exactly", exact=exact(speech.words, value))


def _sum(speech: Speech, explanation: Explanation, kind: str) -> Markup:
    key = kind if kind in {"mean", "median"} else "sum"
    value = explanation.figure.value or Fraction(0)
    note = _exactly(speech, explanation, value)
    verdict = speech.say("adds_up" if explanation.adds_up else "adds_not")
    return _foot(
        speech.count(f"{key}_lines", len(explanation.lines)),
        explanation.value,
        note=note,
        verdict=verdict,
        kind="total",
    )


def _foot(name: str, value: str, *, kind: str, note: str | None = None, verdict: str | None = None) -> Markup:
    said = " · ".join(each for each in (note, verdict) if each)
    return tag(
        "tr",
        tag("th", name, None if not said else tag("small", said), scope="row", colspan=4),
        tag("td", value, class_="r"),
        class_=kind,
    )


def _ratio(report: Report, speech: Speech, explanation: Explanation, part: slice) -> Markup:
    """A ratio by customer: its part of the whole below the line, and what of it counts above."""
    below: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    above: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    lines: dict[tuple[str, str], ExplainedLine] = {}
    for each in explanation.lines:
        key = _side(each)
        side = below if each.line.part == "denominator" else above
        side[key] += each.line.amount
        lines[key] = each
    whole = sum(below.values(), Fraction(0)) or Fraction(1)
    ordered = sorted({*below, *above}, key=lambda key: (-below[key], key))
    headings = (("line", None), ("whole_part", "r"), ("kept_part", "r"))
    rows = [
        tag(
            "tr",
            tag("th", _source(report, speech, lines[key]), scope="row"),
            tag("td", speech.figure(explanation.metric, below[key] / whole), class_="r"),
            tag("td", speech.figure(explanation.metric, above[key] / whole), class_="r amount"),
        )
        for key in ordered[part]
    ]
    verdict = speech.say("adds_up" if explanation.adds_up else "adds_not")
    foot = tag(
        "tr",
        tag("th", speech.count("sum_lines", len(explanation.lines)), tag("small", verdict), scope="row"),
        tag("td", speech.figure(explanation.metric, sum(below.values(), Fraction(0)) / whole), class_="r"),
        tag("td", explanation.value, class_="r"),
        class_="total",
    )
    cells = [tag("th", speech.say(each), scope="col", class_=kind) for each, kind in headings]
    return tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *rows), tag("tfoot", foot), class_="parts")


def _clauses(speech: Speech, lines: Sequence[ExplainedLine], level: int) -> Node:
    """The clauses that the lines apply, each in one sentence and in the source's own words."""
    applied = {each.clause: each for each in lines if each.clause is not None}
    sources = speech.words.rulebook.program.sources
    said: list[Markup] = []
    for clause, each in sorted(applied.items()):
        source = sources.get(clause[:1])
        quote = None
        if each.quote is not None and source is not None:
            quote = tag("q", each.quote, lang=source.language, cite=None)
        title = "" if source is None else source.title
        where = None if source is None else tag("small", f"{clause} · {title}, {source.dated or ''}".rstrip(", "))
        own = None if each.clause_text == each.quote else each.clause_text
        said.append(tag("li", where, None if own is None else tag("p", own), quote, id=_anchor(each)))
    if not said:
        return None
    return tag("div", tag(f"h{level}", speech.say("clauses")), tag("ul", *said), class_="clauses")
