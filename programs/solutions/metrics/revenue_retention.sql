-- Of the whole monthly revenue those customers paid twelve months ago, what they still pay, each at most what it paid then (gross; net with upsells, A-33).
WITH paid_then AS (
  SELECT m.customer_id, SUM(m.mrr_minor * u.grains * h.grains) AS grains
  FROM cohort_mrr AS m
  JOIN shares AS h ON h.sharers = 1
  LEFT JOIN currency_units AS u
    ON u.unit = 'usd'
    AND u.currency = m.currency
    AND (u.effective_from IS NULL OR u.effective_from <= $on_day)
    AND (u.effective_until IS NULL OR u.effective_until > $on_day)
  GROUP BY m.customer_id
),
paid_now AS (
  SELECT m.customer_id, SUM(m.mrr_minor * u.grains * h.grains) AS grains
  FROM customer_mrr AS m
  JOIN shares AS h ON h.sharers = 1
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
  CASE WHEN $upsells_retained THEN n.grains ELSE LEAST(t.grains, n.grains) END AS grains,
  CAST(NULL AS DATE) AS counts_from,
  c.churned_on AS counts_until,
  'A164' AS clause
FROM cohort AS k
JOIN paid_now AS n ON n.customer_id = k.customer_id
JOIN customers AS c ON c.customer_id = k.customer_id
LEFT JOIN paid_then AS t ON t.customer_id = k.customer_id
WHERE $upsells_retained OR t.customer_id IS NOT NULL
