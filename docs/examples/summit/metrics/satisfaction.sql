-- Each answer of the last twelve months is below the line; those that give 8 or more are above it too.
SELECT
  s.partner_id,
  'numerator' AS part,
  'surveys' AS source_table,
  s.survey_id AS source_id,
  s.customer_id,
  1 AS grains,
  s.answered_on AS counts_from,
  w.ends_on AS counts_until,
  'A6' AS clause,
  s.answered_on AS fact_on
FROM surveys AS s
JOIN spans AS w ON w.span = 'year' AND w.starts_on = s.answered_on
WHERE s.answered_on >= $year_from AND s.answered_on <= $on_day AND w.ends_on > $on_day AND s.score >= $satisfied_from
UNION ALL
SELECT
  s.partner_id,
  'denominator' AS part,
  'surveys' AS source_table,
  s.survey_id AS source_id,
  s.customer_id,
  1 AS grains,
  s.answered_on AS counts_from,
  w.ends_on AS counts_until,
  'A6' AS clause,
  s.answered_on AS fact_on
FROM surveys AS s
JOIN spans AS w ON w.span = 'year' AND w.starts_on = s.answered_on
WHERE s.answered_on >= $year_from AND s.answered_on <= $on_day AND w.ends_on > $on_day
