-- Each case study of the last twenty-four months counts one.
SELECT
  s.partner_id,
  'case_studies' AS source_table,
  s.case_study_id AS source_id,
  s.customer_id,
  1 AS grains,
  s.published_on AS counts_from,
  w.ends_on AS counts_until,
  'A11' AS clause,
  s.published_on AS fact_on
FROM case_studies AS s
JOIN spans AS w ON w.span = 'published' AND w.starts_on = s.published_on
WHERE s.published_on >= $published_from AND s.published_on <= $on_day AND w.ends_on > $on_day
