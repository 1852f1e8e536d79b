"""Rulebooks that read well and contradict themselves: dates, money, tables, metrics, the ladder, citations, errata."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import Broken, broken, gone, swap, whole

_ERRATA = "ERRATA.yaml"
_OPEN = "- {effective_from: 2022-01-01, cite: [A4]}"
_USD = "USD: {2020-01-01: {value: 100, cite: [A5]}}"
_JPY = "JPY: {2020-01-01: {value: 12000, cite: [A5]}}"
_NORDIC = "- {motion: assisted, market: nordic, rate: {2020-01-01: {value: 2, cite: [A1]}}}"
_KEPT = "kept_customers: {kind: ratio, unit: share,"
_SHARE = "visit_share: {kind: share, unit: share, numerator: visit_points_counted, denominator: all_points,"
_GOLD = "gate: gold_points, metric: all_points, at_least: {2021-01-01: {value: 600, cite: {A3: 600}}}}"
_TRAINING = "metric: training_hours, waived_by: waiver,"
_SOLD = "sold_points: {kind: sum, unit: points, cite: [A1]}"

RULES: tuple[Broken, ...] = (
    # dates
    broken("an edition from the last day there is", "day_out_of_reach", swap(_OPEN, "@@- {effective_from: 9999-12-31, cite: [A4]}")),
    broken("an edition until the last day there is", "day_out_of_reach", swap(_OPEN, "@@- {effective_from: 2022-01-01, effective_until: 9999-12-31, cite: [A4]}")),
    broken("a value from the first day there is", "day_out_of_reach", swap(_USD, "@@USD: {0001-01-01: {value: 100, cite: [A5]}}")),
    broken("a reversed edition", "reversed_period", swap("effective_until: 2022-01-01", "@@effective_until: 2019-01-01")),
    broken("an edition of no days", "reversed_period", swap("effective_until: 2022-01-01", "@@effective_until: 2020-01-01")),
    broken("a reversed metric", "reversed_period", swap(_KEPT, f"@@{_KEPT} effective_from: 2022-01-01, effective_until: 2021-01-01,")),
    broken("a reversed tier", "reversed_period", swap("    effective_from: 2021-01-01\n", "    effective_from: 2021-01-01\n    @@effective_until: 2020-06-01\n")),
    broken("a reversed gate", "reversed_period", swap("gate: some_training,", "@@gate: some_training, effective_until: 2020-06-01,")),
    broken("overlapping editions", "overlapping_editions", swap(_OPEN, "@@- {effective_from: 2021-12-31, cite: [A4]}")),
    broken("an edition after an open one", "overlapping_editions", swap(", effective_until: 2022-01-01, cite", ", cite"), swap(_OPEN, f"@@{_OPEN}")),
    broken("a metric before all editions", "never_in_force", swap(_SOLD, f"@@{_SOLD[:-1]}, effective_until: 2019-01-01}}")),
    broken("a tier between two editions", "never_in_force", swap(_OPEN, "- {effective_from: 2023-01-01, cite: [A4]}"), swap("  - tier: gold\n    effective_from: 2021-01-01\n", "  @@- tier: gold\n    effective_from: 2022-02-01\n    effective_until: 2022-03-01\n")),
    broken("a gate after its tier", "never_in_force", swap("  - tier: bronze\n", "  - tier: bronze\n    effective_until: 2021-01-01\n"), swap("- {gate: points, metric: all_points,", "- @@{gate: points, metric: all_points, effective_from: 2021-06-01,")),
    broken("a gate that never blocks", "never_blocks", swap("phased_in_from: 2022-01-01,", "@@phased_in_from: 2022-01-01, effective_until: 2022-01-01,")),
    broken("a value after the last edition", "value_never_holds", swap(_OPEN, "- {effective_from: 2022-01-01, effective_until: 2024-01-01, cite: [A4]}"), swap("minimum_visits: {2020-01-01: {value: 1, cite: [A2]}}", "@@minimum_visits: {2020-01-01: {value: 1, cite: [A2]}, 2024-01-01: 2}")),
    broken("a value between two editions", "value_never_holds", swap(_OPEN, "- {effective_from: 2023-01-01, cite: [A4]}"), swap("minimum_visits: {2020-01-01: {value: 1, cite: [A2]}}", "@@minimum_visits: {2020-01-01: 1, 2022-02-01: 2, 2022-03-01: 3}")),
    # names
    broken("a program's id with a space", "bad_name", swap("program: lantern", "@@program: Lantern Program")),
    broken("a metric's id that leaves its quotes", "bad_name", swap(_KEPT, f"@@\"kept'; DROP\": {{kind: total, unit: share, of: [kept_customers]}}\n  {_KEPT}")),
    broken("a tier named as having none", "reserved_name", swap("  - tier: bronze\n", "  - @@tier: none\n"), swap("includes: bronze", "includes: none")),
    broken("a column that every table may carry", "name_taken", swap("      hours: {type", "      @@recorded_at: {type: timestamp, meaning: When.}\n      hours: {type")),
    broken("a column named as a word of SQL", "reserved_name", swap("      hours: {type", "      @@order: {type: text, meaning: The order.}\n      hours: {type")),
    broken("an unknown time zone", "unknown_time_zone", swap("Europe/Paris", "@@Europe/Pariss")),
    broken("a time zone that is a path", "unknown_time_zone", swap("Europe/Paris", "@@../../etc/passwd")),
    broken("a source with a long letter", "bad_name", swap("  B:\n", "  @@BB:\n")),
    broken("a table named as facts", "name_taken", swap("  actions:\n", "  @@sales:\n")),
    broken("a table named as a relation of the engine", "name_taken", swap("  actions:\n", "  @@spans:\n")),
    broken("facts of the contract declared anew", "name_taken", swap("  trainings:\n    meaning", "  @@sales:\n    meaning")),
    broken("a value named as a bound parameter", "name_taken", swap("  minimum_visits:", "  @@on_day: {2020-01-01: 1}\n  minimum_visits:")),
    broken("a value named as a window's start", "name_taken", swap("  minimum_visits:", "  @@sold_from: {2020-01-01: 1}\n  minimum_visits:")),
    broken("a recalled view named as a view", "name_taken", swap("  customers_before: {", "  @@visits: {view: live_customers, months_before: 1}\n  customers_before: {")),
    broken("a factor that every line has", "name_taken", swap("factors:\n", "factors:\n  @@currency: text\n")),
    # money and territories
    broken("money without currencies", "no_currency_units", swap(f"currency_units:\n  basis: USD\n  amount: 100\n  equivalents:\n    {_USD}\n    EUR: {{2020-01-01: {{value: 80, cite: [A5]}}}}\n    {_JPY}\n", ""), swap("points: {money: 100", "points: {@@money: 100")),
    broken("a basis without an equivalent", "no_basis", swap(f"    {_USD}\n", ""), swap("  equivalents:\n", "  @@equivalents:\n")),
    broken("a basis not worth itself", "basis_not_worth_itself", swap(_USD, "@@USD: {2020-01-01: {value: 99, cite: [A5]}}")),
    broken("a basis not worth itself later", "basis_not_worth_itself", swap(_USD, "USD: {2020-01-01: 100,\n      @@2022-01-01: 101}")),
    broken("half a yen", "too_precise", swap("value: 12000,", "@@value: 12000.5,")),
    broken("a country that does not exist", "unknown_country", swap('        DK: "Denmark"', '        @@DN: "Denmark"')),
    broken("a territory without countries", "empty_territory", swap('      countries:\n        "NO": "Norway"\n        SE: "Sweden"\n        DK: "Denmark"', "      @@countries: {}")),
    broken("a denominator that is too large", "denominator_too_large", swap("points: {money", "@@points: {money"), swap("max_sharers: 3", "max_sharers: 40"), swap("value: 80,", "value: 79.99,"), swap("value: 12000,", "value: 999983,")),
    # tables and facts
    broken("a table without rows", "empty_table", swap("      - {action: create, counts: {2020-01-01: {value: true, cite: [A2]}}}\n      - {action: login, counts: {2020-01-01: {value: true, cite: [A2]}, 2022-01-01: {value: false, cite: [A2]}}}\n", ""), swap("value: {counts: boolean}\n    rows:", "value: {counts: boolean}\n    @@rows: []")),
    broken("a figure raised by rates that are no table", "bad_raise", swap(_SOLD, f"@@{_SOLD[:-1]}, raised_by: {{rates: no_such_rates}}}}")),
    broken("a figure raised for an unknown window", "bad_raise", swap(_SOLD, f"@@{_SOLD[:-1]}, raised_by: {{window: no_such_window}}}}")),
    broken("a figure raised by a value that is none", "bad_raise", swap(_SOLD, f"@@{_SOLD[:-1]}, raised_by: {{each: no_such_value}}}}")),
    broken("a sum with a best fact", "bad_raise", swap(_SOLD, f"@@{_SOLD[:-1]}, raised_by: {{best: 5}}}}")),
    broken("a row that stands twice", "equal_keys", swap(_NORDIC, f"{_NORDIC}\n      @@{_NORDIC}")),
    broken("a word for a number", "wrong_kind", swap("{value: 2, cite: [A1]}", "@@{value: two, cite: [A1]}")),
    broken("a number for a yes or no", "wrong_kind", swap("{action: create, counts: {2020-01-01: {value: true", "{@@action: create, counts: {2020-01-01: {value: 1")),
    broken("a number for a word in a key", "wrong_kind", swap("{action: create,", "{@@action: 12,")),
    broken("a dated key", "dated_key", swap("{action: create,", "{@@action: {2020-01-01: create},")),
    broken("a combination without a row", "gap_in_table", swap(f"      {_NORDIC}\n", ""), swap("value: {rate: integer}\n    rows", "value: {rate: integer}\n    @@rows")),
    broken("a value named as a key", "name_taken", swap("value: {rate: integer}", "@@value: {clause: integer}"), swap("rate: {2020-01-01: {value: 3, cite: [A1]}, 2022", "clause: {2020-01-01: {value: 3, cite: [A1]}, 2022"), swap("rate: {2020-01-01: {value: 6", "clause: {2020-01-01: {value: 6"), swap("rate: {2020-01-01: {value: 1,", "clause: {2020-01-01: {value: 1,"), swap("rate: {2020-01-01: {value: 2", "clause: {2020-01-01: {value: 2")),
    broken("a key column that is not declared", "unknown_column", swap("key: [training_id]", "@@key: [training]")),
    broken("a reference to no table", "unknown_table", swap("references: partners", "@@references: partner")),
    # what nothing reads
    broken("a value that nothing reads", "unused", swap("  minimum_visits:", "  @@maximum_visits: {2020-01-01: 9}\n  minimum_visits:")),
    broken("a table that nothing reads", "unused", swap("  actions:\n", "  @@tools:\n    meaning: Nothing reads it.\n    keys: {tool: text}\n    value: {counted: boolean}\n    rows: [{tool: crm, counted: {2020-01-01: true}}]\n  actions:\n")),
    broken("a window that nothing reads", "unused", swap("windows:\n", "windows:\n  @@later: {days: {2020-01-01: 7}}\n")),
    broken("a unit that nothing counts in", "unused", swap("  count: {decimals: 0}", "  count: {decimals: 0}\n  @@stars: {decimals: 1}")),
    # metrics and views
    broken("a metric in an unknown unit", "unknown_unit", swap(_KEPT, "kept_customers: {kind: ratio, @@unit: shares,")),
    broken("a ratio whose lines are in an unknown unit", "unknown_unit", swap(_KEPT, f"@@{_KEPT} lines_in: customers,")),
    broken("a sum whose lines are in a unit of their own", "unused_key", swap(_SOLD, "@@sold_points: {kind: sum, unit: points, lines_in: count, cite: [A1]}")),
    broken("a total of an unknown metric", "unknown_metric", swap("of: [sold_points, visit", "of: [@@sale_points, visit")),
    broken("a total of itself", "metric_circle", swap("of: [sold_points, visit", "of: [@@all_points, visit")),
    broken("metrics made of each other", "metric_circle", swap("of: [visit_points]", "@@of: [all_points]")),
    broken("a total of a share", "part_not_a_sum", swap("of: [sold_points, visit_points_counted]", "of: [sold_points, @@kept_customers]")),
    broken("a total before its parts", "part_declared_later", swap("  sold_points: {", "  @@some_points: {kind: total, unit: points, of: [sold_points]}\n  sold_points: {")),
    broken("a total that adds twice", "repeated_part", swap("of: [sold_points, visit_points_counted]", "of: [sold_points, @@sold_points]")),
    broken("a total of two units", "mixed_units", swap("of: [sold_points, visit_points_counted]", "of: [sold_points, @@waivers_given]"), swap("  all_points: {", "  waivers_given: {kind: sum, unit: count, headline: false, cite: [A8]}\n  all_points: {"), swap("  waivers_given: {kind: sum, unit: count, headline: false, cite: [A8]}\n\ntiers", "\ntiers")),
    broken("a share of two units", "mixed_units", swap(_SHARE, _SHARE.replace("denominator: all_points", "@@denominator: training_hours")), swap("effective_from: 2021-01-01, cite: [A8]}\n  waivers", "cite: [A8]}\n  waivers")),
    broken("a part that ends before the whole", "metric_not_in_force", swap(_SOLD, "sold_points: {kind: sum, unit: points, cite: [A1], effective_until: 2022-01-01}"), swap("of: [sold_points, visit", "of: [@@sold_points, visit")),
    broken("a sum with parts", "unused_key", swap(_SOLD, "@@sold_points: {kind: sum, unit: points, cite: [A1], of: [visit_points]}")),
    broken("a metric without its SQL", "missing_sql", gone("metrics/training_hours.sql"), swap("  training_hours: {", "  @@training_hours: {")),
    broken("SQL without its metric", "sql_without_metric", whole("metrics/sold_pionts.sql", "@@-- Sold.\nSELECT c.name FROM customers AS c\n")),
    broken("SQL of a total", "sql_without_metric", whole("metrics/all_points.sql", "@@-- All.\nSELECT c.name FROM customers AS c\n")),
    broken("an entry for no view", "unknown_view", swap("  live_customers: {carried", "  @@live_customer: {carried: always}\n  live_customers: {carried")),
    broken("a recalled view that does not exist", "unknown_view", swap("{view: live_customers,", "{@@view: live_customer,")),
    broken("a date that is no column of its view", "unknown_column", swap("dated: visited_on", "@@dated: visited")),
    broken("a date that moves in a view that is not kept", "unused_key", swap("live_customers: {carried: always}", "live_customers: {carried: always, @@dated: customer_id}")),
)  # fmt: skip

LADDERS: tuple[Broken, ...] = (
    broken("a tier that stands twice", "duplicate_tier", swap("- tier: gold", "@@- tier: silver")),
    broken("a tier that includes no tier", "unknown_tier", swap("includes: bronze", "@@includes: bronce")),
    broken("a tier that includes itself", "tier_circle", swap("includes: bronze", "@@includes: gold")),
    broken("tiers that include each other", "tier_circle", swap("  - tier: bronze\n", "  - tier: bronze\n    @@includes: gold\n")),
    broken("a tier that includes a higher one", "includes_higher", swap("  - tier: silver\n", "  - tier: silver\n    @@includes: gold\n")),
    broken("a gate's id that stands twice", "duplicate_gate_id", swap("{gate: training,", "@@{gate: kept,")),
    broken("a gate's id that an included tier has", "duplicate_gate_id", swap("{gate: gold_points,", "@@{gate: points,")),
    broken("a gate of an unknown metric", "unknown_metric", swap("metric: kept_customers, phased", "@@metric: kept_customer, phased")),
    broken("a gate before its metric", "metric_not_in_force", swap("metric: training_hours, effective_from: 2021-01-01,", "@@metric: training_hours,")),
    broken("a waiver that does not exist", "unknown_waiver", swap(_TRAINING, _TRAINING.replace("waived_by: waiver", "@@waived_by: waivers"))),
    broken("a gate that waives itself", "unknown_waiver", swap(_TRAINING, _TRAINING.replace("waived_by: waiver", "@@waived_by: training"))),
    broken("a waiver of another tier", "unknown_waiver", swap(_TRAINING, _TRAINING.replace("waived_by: waiver", "@@waived_by: few_visits"))),
    broken("a waiver that has ended", "unknown_waiver", swap(_TRAINING, _TRAINING.replace("waived_by", "effective_from: 2022-01-01, @@waived_by")), swap("metric: waivers_given,", "metric: waivers_given, effective_until: 2022-01-01,")),
    broken("a weight on a group", "unused_key", swap("        - any:\n", "        - @@weight: preferred\n          any:\n")),
    broken("a gate that is asked twice", "duplicate_gate", swap("        - any:\n", "        - @@{gate: again, metric: all_points, at_least: {2020-01-01: 250, 2022-01-01: 300}}\n        - any:\n")),
    broken("a gate that an included tier asks", "duplicate_gate", swap(f"- {{{_GOLD}", f"- {{{_GOLD}\n        - @@{{gate: again, metric: all_points, at_least: {{2021-01-01: 100}}}}")),
    broken("two alternatives that are one", "duplicate_gate", swap("            - all:\n", "            - @@{gate: again, metric: visit_share, more_than: {2020-01-01: 0.1}}\n            - all:\n")),
    broken("a group that asks twice", "duplicate_gate", swap("{gate: few_visits, metric: visit_share, at_most: {2020-01-01: {value: 0.9, cite: [A2]}}}", "@@{gate: few_visits, metric: kept_customers, at_least: {2020-01-01: 0.5}}")),
    broken("a percentage for a share", "unreachable_gate", swap("more_than: {2020-01-01: {value: 0.1,", "more_than: {2020-01-01: {@@value: 10,")),
    broken("more than the whole", "unreachable_gate", swap("more_than: {2020-01-01: {value: 0.1,", "more_than: {2020-01-01: {@@value: 1,")),
    broken("less than nothing", "unreachable_gate", swap("at_most: {2020-01-01: {value: 0.9,", "at_most: {2020-01-01: {@@value: -0.1,")),
    broken("more than a cap", "unreachable_gate", swap("        - any:\n", "        - {gate: many, metric: visit_points_counted, at_least: {@@2020-01-01: 301}}\n        - any:\n")),
    broken("none of what is counted", "idle_gate", swap("        - any:\n", "        - {gate: some_waivers, metric: waivers_given, at_least: {@@2020-01-01: 0}}\n        - any:\n")),
    broken("gates that never hold together", "unreachable_tier", swap("        - any:\n", "        - @@{gate: few, metric: all_points, at_most: {2020-01-01: 249}}\n        - any:\n")),
    broken("gates that miss each other by a hair", "unreachable_tier", swap("        - any:\n", "        - @@{gate: few, metric: all_points, less_than: {2020-01-01: 250}}\n        - any:\n")),
    broken("a tier that is easier than the one below", "tier_easier_than_below", swap(_GOLD, "gate: gold_points, metric: all_points,\n           @@at_least: {2021-01-01: 299}}")),
    broken("a tier that is easier to keep", "tier_easier_than_below", swap("- {gate: points, metric: all_points, at_least: {2020-01-01: {value: 100, cite: {A3: 100}}}}", "- {gate: points, metric: all_points, at_least: {2020-01-01: 251}}"), swap("          at_least:\n", "          @@at_least:\n")),
    broken("a tier that becomes easier later", "tier_easier_than_below", swap(_GOLD, "gate: gold_points, metric: all_points,\n           @@at_least: {2021-01-01: 600, 2025-01-01: 200}}")),
    broken("a tier that asks as much, and the one below more than that", "tier_easier_than_below", swap("at_least: {2020-01-01: {value: 100, cite: {A3: 100}}}}", "more_than: {2020-01-01: 600}}"), swap("    includes: bronze\n", ""), swap("reach: {2020-01-01: {value: 250, cite: {A3: 250}}, 2022", "reach: {2020-01-01: 700, 2022"), swap("keep: {2020-01-01: {value: 250, cite: {A3: 250}}}", "keep: {2020-01-01: 700}"), swap(_GOLD, "gate: gold_points, metric: all_points,\n           @@at_least: {2021-01-01: 600}}")),
)  # fmt: skip

CITED: tuple[Broken, ...] = (
    broken("a letter of no source", "unknown_citation", swap("{value: 90, cite: [A7]}", "{value: 90, @@cite: [C7]}")),
    broken("a line that is not quoted", "unknown_citation", swap("{value: 90, cite: [A7]}", "{value: 90, @@cite: [A77]}")),
    broken("a metric's line that is not quoted", "unknown_citation", swap(_SOLD, "@@sold_points: {kind: sum, unit: points, cite: [A10]}")),
    broken("an edition's line that is not quoted", "unknown_citation", swap(_OPEN, "@@- {effective_from: 2022-01-01, cite: [A40]}")),
    broken("a territory's line that is not quoted", "unknown_citation", swap("    2022-01-01:\n      cite: [A6]", "    2022-01-01:\n      @@cite: [A66]")),
    broken("an erratum's line that is not quoted", "unknown_citation", swap("cite: [A4, B1]", "@@cite: [A4, B9]", file=_ERRATA)),
    broken("a value that its citation does not state", "contradiction", swap("{value: 100, cite: {A3: 100}}", "{value: 100, @@cite: {A3: 110}}")),
    broken("two citations that state two values", "contradiction", swap("{value: 600, cite: {A3: 600}}", "{value: 600, @@cite: {A3: 600, B1: 650}}")),
    broken("a yes that a line denies", "contradiction", swap("{action: create, counts: {2020-01-01: {value: true, cite: [A2]}}}", "@@{action: create, counts: {2020-01-01: {value: true, cite: {A2: false}}}}")),
    broken("a date that its citation does not state", "contradiction", swap("{value: 600, cite: {A3: 600}}", "{value: 600, @@dated_by: {A4: 2022-01-01}}")),
    broken("two weights for one gate", "contradiction", swap("weight: preferred, human: true", "weight: preferred, @@weighed_by: {A3: preferred, A8: mandatory}, human: true")),
    broken("two dates for one change", "contradiction", gone(_ERRATA), gone("metrics/sold_points--next_month.sql"), swap("            reach: {2020", "            @@reach: {2020")),
    broken("an erratum that settles another cell", "contradiction", swap("settles: [tiers.silver.requires.all.points.at_least]", "settles: [tiers.silver.requires.all.points.at_least.keep]", file=_ERRATA), swap("            reach: {2020", "            @@reach: {2020")),
    broken("an erratum that settles nothing", "path_leads_nowhere", swap("settles: [tiers.silver.", "@@settles: [tiers.sliver.", file=_ERRATA)),
    broken("a switch that sets nothing", "path_leads_nowhere", swap("        tiers.silver.requires.all.points.at_least:", "        @@tiers.silver.requires.any.points.at_least:", file=_ERRATA)),
    broken("a switch with a slip in its last word", "path_leads_nowhere", swap("        tiers.silver.requires.all.points.at_least:", "        @@tiers.silver.requires.all.points.at_leest:", file=_ERRATA)),
    broken("a switch that replaces no file", "missing_file", swap("{metrics/sold_points.sql: metrics", "{@@metrics/sold.sql: metrics", file=_ERRATA)),
    broken("a switch whose file is missing", "missing_file", gone("metrics/sold_points--next_month.sql"), swap("files: {metrics/", "@@files: {metrics/", file=_ERRATA)),
    broken("a file of no switch", "unused_file", whole("views/visits--all.sql", "@@-- All.\nSELECT c.name FROM customers AS c\n")),
    broken("a switch that changes nothing", "empty_reading", swap("switch:\n    july:", "switch:\n    @@none: {means: Nothing.}\n    july:", file=_ERRATA)),
    broken("a reading of the wrong type", "bad_value", swap("    july:\n", "    @@july:\n", file=_ERRATA), swap("at_least: {2020-01-01: 250, 2022-07-01: 300}", "at_least: {2020-01-01: many}", file=_ERRATA)),
    broken("a reading that turns the ladder over", "tier_easier_than_below", swap("    july:\n", "    @@july:\n", file=_ERRATA), swap("at_least: {2020-01-01: 250, 2022-07-01: 300}", "at_least: {2020-01-01: 50}", file=_ERRATA)),
    broken("a reading whose SQL writes", "not_a_select", whole("metrics/sold_points--next_month.sql", "-- Sold.\n@@DELETE FROM sales")),
    broken("a reading whose SQL lacks a column", "missing_line_column", whole("metrics/sold_points--next_month.sql", "@@-- Sold.\nSELECT s.partner_id FROM sales AS s")),
    broken("a program without a name", "missing_text", swap('  name: "Lantern"\n', "", file="texts/en.yaml"), at=("texts/en.yaml", 1)),
    broken("a tier without a name in French", "missing_text", swap("tiers:\n", "@@tiers:\n", file="texts/fr.yaml"), swap('  gold: "Or"\n', "", file="texts/fr.yaml")),
    broken("a tier with an empty name", "missing_text", swap("tiers:\n", "@@tiers:\n", file="texts/fr.yaml"), swap('  gold: "Or"\n', '  gold: " "\n', file="texts/fr.yaml")),
    broken("a metric without a name in English", "missing_text", swap("metrics:\n", "@@metrics:\n", file="texts/en.yaml"), swap('  visit_points: {name: "Visit points"}\n', "", file="texts/en.yaml")),
    broken("no English words", "missing_text", gone("texts/en.yaml"), at=("texts/en.yaml", 1)),
    broken("an erratum told in French but for its reading", "missing_text", swap("tiers:\n", "@@errata: {L-01: {problem: p}}\ntiers:\n", file="texts/fr.yaml")),
    broken("words for an erratum that is gone", "unused_text", swap("tiers:\n", "errata:\n  @@L-99: {problem: p}\ntiers:\n", file="texts/fr.yaml")),
    *(
        broken(f"words with the placeholder {said}", "bad_placeholder", swap('  points: {name: "Points"}', f'  points: {{name: "Points", @@missed: "{said}"}}', file="texts/en.yaml"))
        for said in ("{mising} short", "{missing short", "{0} short", "{missing.__class__}", "{missing:>9} short", "{missing!r}")
    ),
    broken("a threshold beyond exact figures", "bad_value", swap("{2020-01-01: {value: 100, cite: {A3: 100}}}", f"{{2020-01-01: {{value: @@{'9' * 36}, cite: {{A3: {'9' * 36}}}}}}}")),
    broken("words for a gate that is gone", "unused_text", swap('  waiver: {name: "Waiver of training"}', '  @@wavier: {name: "Waiver of training"}\n  waiver: {name: "Waiver of training"}', file="texts/en.yaml")),
)  # fmt: skip
