-- The country of each customer on the day, where a dated row says it.
WITH dated AS (
  SELECT
    c.customer_id,
    c.country,
    ROW_NUMBER() OVER (PARTITION BY c.customer_id ORDER BY c.effective_from DESC) AS latest
  FROM customer_countries AS c
  WHERE c.effective_from <= $on_day
    AND (c.effective_until IS NULL OR c.effective_until > $on_day)
)
SELECT d.customer_id, d.country
FROM dated AS d
WHERE d.latest = 1
