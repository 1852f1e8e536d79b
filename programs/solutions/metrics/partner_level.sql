-- The partner's enrolment at level partner, as opposed to provider.
SELECT
  e.partner_id,
  'enrolments' AS source_table,
  e.enrolment_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  e.enrolled_on AS counts_from,
  e.left_on AS counts_until,
  'A51' AS clause
FROM enrolments AS e
WHERE e.program = $program
  AND e.level = 'partner'
  AND e.enrolled_on <= $on_day
  AND (e.left_on IS NULL OR e.left_on > $on_day)
