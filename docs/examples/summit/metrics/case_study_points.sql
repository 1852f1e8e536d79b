-- Each case study of the last twenty-four months earns the same points.
SELECT
  s.partner_id,
  'case_studies' AS source_table,
  s.case_study_id AS source_id,
  s.customer_id,
  u.unit_minor * u.grains * h.grains * $points_of_a_case_study AS grains,
  s.published_on AS counts_from,
  w.ends_on AS counts_until,
  'A5' AS clause,
  $points_of_a_case_study AS rate,
  s.published_on AS fact_on
FROM case_studies AS s
JOIN spans AS w ON w.span = 'published' AND w.starts_on = s.published_on
JOIN shares AS h ON h.sharers = 1
JOIN currency_units AS u
  ON u.unit = 'points'
  AND u.currency = 'EUR'
  AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
  AND (u.effective_until IS NULL OR u.effective_until > $on_day)
WHERE s.published_on >= $published_from AND s.published_on <= $on_day AND w.ends_on > $on_day
