-- Of the whole monthly revenue those customers paid twelve months ago, what they pay now, upsells included (A-33, net).
WITH paid_then AS (
  SELECT m.customer_id, SUM(m.mrr_minor * u.grains) AS grains
  FROM cohort_mrr AS m
  LEFT JOIN currency_units AS u
    ON u.unit = 'usd'
    AND u.currency = m.currency
    AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
    AND (u.effective_until IS NULL OR u.effective_until > $on_day)
  GROUP BY m.customer_id
),
paid_now AS (
  SELECT m.customer_id, SUM(m.mrr_minor * u.grains) AS grains
  FROM customer_mrr AS m
  LEFT JOIN currency_units AS u
    ON u.unit = 'usd'
    AND u.currency = m.currency
    AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
    AND (u.effective_until IS NULL OR u.effective_until > $on_day)
  GROUP BY m.customer_id
)
SELECT
  k.partner_id,
  'denominator' AS part,
  'customers' AS source_table,
  k.customer_id AS source_id,
  k.customer_id,
  t.grains,
  CAST(NULL AS DATE) AS counts_from,
  CAST(NULL AS DATE) AS counts_until,
  'A164' AS clause
FROM cohort AS k
JOIN paid_then AS t ON t.customer_id = k.customer_id
UNION ALL
SELECT
  k.partner_id,
  'numerator' AS part,
  'customers' AS source_table,
  k.customer_id AS source_id,
  k.customer_id,
  n.grains,
  CAST(NULL AS DATE) AS counts_from,
  c.churned_on AS counts_until,
  'A164' AS clause
FROM cohort AS k
JOIN paid_now AS n ON n.customer_id = k.customer_id
JOIN customers AS c ON c.customer_id = k.customer_id
