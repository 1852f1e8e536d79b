-- Of the customers of twelve months ago, those that still are customers.
SELECT
  b.partner_id,
  'denominator' AS part,
  'customers' AS source_table,
  b.customer_id AS source_id,
  b.customer_id,
  1 AS grains,
  CAST(NULL AS DATE) AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A8' AS clause
FROM customers_before AS b
UNION ALL
SELECT
  b.partner_id,
  'numerator' AS part,
  'customers' AS source_table,
  b.customer_id AS source_id,
  b.customer_id,
  1 AS grains,
  CAST(NULL AS DATE) AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A8' AS clause
FROM customers_before AS b
WHERE EXISTS (
  SELECT 1 FROM live_customers AS n WHERE n.partner_id = b.partner_id AND n.customer_id = b.customer_id
)
