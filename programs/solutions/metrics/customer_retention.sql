-- Of the customers with a live line twelve months ago, those that have not churned since.
SELECT
  k.partner_id,
  'denominator' AS part,
  'customers' AS source_table,
  k.customer_id AS source_id,
  k.customer_id,
  1 AS grains,
  CAST(NULL AS DATE) AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A164' AS clause
FROM cohort AS k
UNION ALL
SELECT
  k.partner_id,
  'numerator' AS part,
  'customers' AS source_table,
  k.customer_id AS source_id,
  k.customer_id,
  1 AS grains,
  CAST(NULL AS DATE) AS counts_from,
  c.churned_on AS counts_until,
  'A164' AS clause
FROM cohort AS k
JOIN customers AS c ON c.customer_id = k.customer_id
WHERE c.churned_on IS NULL OR c.churned_on > $on_day
