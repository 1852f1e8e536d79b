-- The hours of training that a partner's employees attended.
SELECT
  t.partner_id,
  'trainings' AS source_table,
  t.training_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  t.hours AS grains,
  t.held_on AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A8' AS clause,
  t.hours
FROM trainings AS t
WHERE t.held_on <= $on_day
