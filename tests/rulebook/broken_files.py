"""Rulebooks whose files cannot be read, or hold values of the wrong type."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import PROGRAM, Broken, broken, gone, swap, whole

_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

UNREADABLE: tuple[Broken, ...] = (
    broken(
        "an open bracket", "bad_yaml", swap("lantern\n", "lantern\nfacts: [\n"), swap("max_sharers:", "@@max_sharers:")
    ),
    broken("a tab", "bad_yaml", swap("  count: {decimals: 0}", "@@\tcount: {decimals: 0}")),
    broken("a wrong indent", "bad_yaml", swap("  amount: 100", "amount:\n    - 1\n@@   - 2")),
    broken("two documents", "bad_yaml", swap("windows:\n", "@@---\nwindows:\n")),
    broken("an unknown alias", "bad_yaml", swap("program: lantern", "program: @@*lantern")),
    broken("an open quote", "bad_yaml", swap('dated: "2022"', 'dated: "2022'), swap('"1": "Sales', '@@"1": "Sales')),
    broken("a control character", "bad_yaml", swap("title: Guide", "title: Gu\x07ide"), at=(PROGRAM, 1)),
    broken("a key that stands twice", "duplicate_key", swap("max_sharers: 3", "max_sharers: 3\n@@max_sharers: 4")),
    broken("a country twice", "duplicate_key", swap('        DK: "D', '        DK: "Denmark"\n@@        DK: "D')),
    broken("a key that is a list", "bad_key", swap("max_sharers: 3", "@@[max, sharers]: 3")),
    broken(
        "a tag that makes an object", "bad_tag", swap("max_sharers: 3", "max_sharers: @@!!python/object:os.system 3")
    ),
    broken("a tag of one's own", "bad_tag", swap("max_sharers: 3", "max_sharers: @@!three 3")),
    broken("bytes that are not UTF-8", "unreadable_file", whole(PROGRAM, b"program: x\ntitle: @@\xff\xfe\n")),
    broken("Latin-1 words", "unreadable_file", whole("texts/fr.yaml", b"tiers:\n  gold: @@Dor\xe9\n")),
    broken("no program.yaml", "missing_file", gone(PROGRAM), at=(PROGRAM, 1)),
    broken("an empty file", "missing_key", whole(PROGRAM, "@@")),
    broken("only a comment", "missing_key", whole(PROGRAM, "@@# nothing yet\n")),
    broken(
        "a program that is a list", "bad_value", whole(PROGRAM, "@@- program: lantern\n- time_zone: Europe/Paris\n")
    ),
    broken("one word", "bad_value", whole(PROGRAM, "@@lantern\n")),
    broken("a billion laughs", "too_large", whole(PROGRAM, "@@" + _LAUGHS)),
    broken("an alias that holds itself", "too_deep", swap("values:\n", "loop: &loop [@@[*loop]]\nvalues:\n")),
    broken("brackets without end", "too_deep", whole(PROGRAM, "@@" + "[" * 100_000)),
    broken("mappings without end", "too_deep", whole(PROGRAM, "@@" + "{a: " * 100_000)),
    broken("a huge file", "too_large", whole(PROGRAM, "@@# " + "x" * 5_000_000)),
    broken("a huge errata file", "too_large", whole("ERRATA.yaml", "@@# " + "x" * 5_000_000)),
    broken("a huge SQL file", "too_large", whole("views/visits.sql", "@@-- " + "x" * 300_000)),
    broken("errata that are a list", "bad_value", whole("ERRATA.yaml", "@@- L-01\n")),
    broken("words that are a list", "bad_value", whole("texts/fr.yaml", "@@- Or\n")),
    broken("benefits of nothing", "missing_key", whole("benefits.yaml", "@@")),
    broken("commissions that are only a comment", "missing_key", whole("commissions.yaml", "@@# nothing yet\n")),
    broken("SQL that is not UTF-8", "unreadable_file", whole("views/visits.sql", b"-- Visits\nSELECT '@@\xe9' AS a\n")),
)

MISTYPED: tuple[Broken, ...] = (
    broken("a missing key", "missing_key", swap("time_zone: Europe/Paris\n", ""), at=(PROGRAM, 2)),
    broken("a missing value", "missing_key", swap("{value: 12, cite: [A7]}", "@@{cite: [A7]}")),
    broken("an unknown key", "unknown_key", swap("max_sharers: 3", "@@max_sharer: 3")),
    broken("an unknown key of a gate", "unknown_key", swap("waived_by: waiver", "@@waivedby: waiver")),
    broken("a quoted number", "bad_value", swap("amount: 100", '@@amount: "100"')),
    broken("a number for a word", "bad_value", swap("program: lantern", "@@program: 12")),
    broken("`no` for false", "bad_value", swap("human: true", "@@human: no")),
    broken("an exponent", "bad_value", swap("{value: 12000, cite", "{@@value: 1.2e4, cite")),
    broken("infinity", "bad_value", swap("{value: 12000, cite", "{@@value: .inf, cite")),
    broken("a list for a mapping", "bad_value", swap("values:\n  minimum_visits: {2020-01-01: {value: 1, cite: [A2]}}", "@@values:\n  - 1")),
    broken("a day that is not in the calendar", "bad_date", swap("effective_until: 2022-01-01", "@@effective_until: 2024-02-30")),
    broken("a dated key not in the calendar", "bad_value", swap("{2020-01-01: {value: 90", "{@@2024-02-30: {value: 90")),
    broken("a day in the usual order", "bad_value", swap("effective_until: 2022-01-01", "@@effective_until: 1/1/2022")),
    broken("a territory from no day", "bad_value", swap("    2022-01-01:\n      cite", "    @@soon:\n      cite")),
    broken("a value without a date", "bad_value", swap("minimum_visits: {2020-01-01: {value: 1, cite: [A2]}}", "@@minimum_visits: 1")),
    broken("a value with no entries", "bad_value", swap("minimum_visits: {2020-01-01: {value: 1, cite: [A2]}}", "@@minimum_visits: {}")),
    broken("a number without end", "bad_number", swap("max_sharers: 3", "@@max_sharers: " + "9" * 5000)),
    broken("too many sharers", "bad_value", swap("max_sharers: 3", "@@max_sharers: 41")),
    broken("a window of no days", "bad_value", swap("{value: 90, cite", "{@@value: 0, cite")),
    broken("a window of a century", "bad_value", swap("{value: 12, cite: [A7]}", "{@@value: 1200, cite: [A7]}")),
    broken("a window in days and months", "bad_value", swap("  visit: {days", "  @@visit: {months: {2020-01-01: 3}, days")),
    broken("an unknown kind of metric", "bad_value", swap("{kind: ratio, unit: share", "{@@kind: percentage, unit: share")),
    broken("a total of nothing", "bad_value", swap("of: [sold_points, visit_points_counted], ", ""), swap("  all_points: {", "  @@all_points: {")),
    broken("a capped metric without its cap", "bad_value", swap("    cap: {2020-01-01: {value: 200, cite: [A2]}, 2022-01-01: {value: 300, cite: [A2]}}\n", ""), swap("  visit_points_counted:\n", "  @@visit_points_counted:\n")),
    broken("a cap below nothing", "bad_value", swap("cap: {2020-01-01: {value: 200,", "cap: {@@2020-01-01: {value: -5,")),
    broken("a gate that compares nothing", "bad_value", swap("{gate: visits_share, metric: visit_share, more_than: {2020-01-01: {value: 0.1, cite: [A2]}}}", "@@{gate: visits_share, metric: visit_share}")),
    broken("a gate that compares twice", "bad_value", swap("- {gate: few_visits,", "- @@{gate: few_visits, at_least: {2020-01-01: 0.1},")),
    broken("a group and a gate in one", "bad_value", swap("        - any:\n", "        - @@gate: both\n          any:\n")),
    broken("an empty group", "bad_value", swap("waived_by: waiver, at_least: {2021-01-01: {value: 20, cite: [A8]}}}", "waived_by: waiver, at_least: {2021-01-01: {value: 20, cite: [A8]}}}\n        - @@any: []")),
    broken("no tiers", "bad_value", swap("tiers:\n  - tier: bronze", "@@tiers: []\nlost:\n  - tier: bronze")),
    broken("a table row without its key", "bad_value", swap("{action: create, counts", "@@{counts")),
    broken("a row whose value has no date", "bad_value", swap("counts: {2020-01-01: {value: true, cite: [A2]}, 2022-01-01: {value: false, cite: [A2]}}}", "@@counts: true}")),
    broken("a currency that does not exist", "unknown_currency", swap("    EUR: {", "    @@EURO: {")),
    broken("a basis that does not exist", "unknown_currency", swap("basis: USD", "@@basis: USB")),
    broken("an equivalent of nothing", "bad_value", swap("{value: 80, cite", "{@@value: 0, cite")),
    broken("an amount of nothing", "bad_value", swap("amount: 100", "@@amount: 0")),
    broken("a unit worth nothing", "bad_value", swap("points: {money: 100,", "points: {@@money: 0,")),
    broken("a key that is no kind", "bad_value", swap("keys: {action: text}", "keys: {@@action: string}")),
    broken("a reach without a keep", "missing_key", swap("            keep: {2020-01-01: {value: 250, cite: {A3: 250}}}\n", ""), swap("          at_least:\n", "          @@at_least:\n")),
    broken("a file outside of the program", "bad_value", swap("files: {metrics/sold_points.sql: metrics/sold_points--next_month.sql}", "files: {@@metrics/sold_points.sql: ../../etc/passwd}", file="ERRATA.yaml")),
    broken("an erratum without its reading", "missing_key", swap("L-02:", "@@L-02:", file="ERRATA.yaml"), swap("  reading: From its day on.\n", "", file="ERRATA.yaml")),
)  # fmt: skip

UNREAD: tuple[Broken, ...] = (
    broken("commissions with a letter missing", "unknown_file", whole("comissions.yaml", "@@kinds: {}\n")),
    broken("benefits with another ending", "unknown_file", whole("benefits.yml", "@@sections: []\n")),
    broken(
        "a view whose ending is in capitals", "unknown_file", whole("views/odd.SQL", "@@-- Odd.\nSELECT 1 AS odd\n")
    ),
    broken(
        "a view in a folder of its own", "unknown_file", whole("views/more/odd.sql", "@@-- Odd.\nSELECT 1 AS odd\n")
    ),
    broken("words in a language that is not read", "unknown_file", whole("texts/de.yaml", "@@tiers: {gold: Gold}\n")),
)
"""A file that nobody reads, under a name that looks as if somebody did."""

_CASE = "cases:\n  - case: A visit\n    on: 2023-01-01\n"
NAMELESS: tuple[Broken, ...] = (
    broken("a case of no metric", "unknown_metric", whole("cases/points.yaml", f"{_CASE}    expect:\n      figures: {{p1: {{@@sold_point: 1}}}}\n")),
    broken("a case of lines of no metric", "unknown_metric", whole("cases/points.yaml", f"{_CASE}    expect:\n      lines:\n        p1:\n          @@sold_point: []\n")),
    broken("a case of no tier", "unknown_tier", whole("cases/points.yaml", f"{_CASE}    expect:\n      @@tier: {{p1: golden}}\n")),
    broken("a case of no gate", "unknown_gate", whole("cases/points.yaml", f"{_CASE}    expect:\n      missed: {{p1: {{@@gold: [point]}}}}\n")),
    broken("a case of no reading", "unknown_switch", whole("cases/points.yaml", f"{_CASE}    switches: {{@@L-01: never}}\n    expect: {{tier: {{p1: none}}}}\n")),
    broken("a move to no tier", "unknown_tier", whole("cases/moves/rises.yaml", f"{_CASE}    expect:\n      moves: {{p1: [{{on: 2023-01-15, kind: promoted, @@to: golden}}]}}\n")),
    broken("a case that is no YAML", "bad_yaml", whole("cases/points.yaml", "cases:\n@@\t- case: A visit\n")),
)  # fmt: skip
