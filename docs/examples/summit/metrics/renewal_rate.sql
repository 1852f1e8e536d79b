-- Each contract that fell due in the last twelve months is below the line; those renewed are above it too.
SELECT
  s.partner_id,
  'numerator' AS part,
  'contracts_due' AS source_table,
  s.contract_id AS source_id,
  s.customer_id,
  1 AS grains,
  s.due_on AS counts_from,
  w.ends_on AS counts_until,
  'A7' AS clause,
  s.due_on AS fact_on
FROM contracts_due AS s
JOIN spans AS w ON w.span = 'year' AND w.starts_on = s.due_on
WHERE s.due_on >= $year_from AND s.due_on <= $on_day AND w.ends_on > $on_day AND s.renewed
UNION ALL
SELECT
  s.partner_id,
  'denominator' AS part,
  'contracts_due' AS source_table,
  s.contract_id AS source_id,
  s.customer_id,
  1 AS grains,
  s.due_on AS counts_from,
  w.ends_on AS counts_until,
  'A7' AS clause,
  s.due_on AS fact_on
FROM contracts_due AS s
JOIN spans AS w ON w.span = 'year' AND w.starts_on = s.due_on
WHERE s.due_on >= $year_from AND s.due_on <= $on_day AND w.ends_on > $on_day
