-- Live sales with the customer's MRR of the day instead of the sale's, once per partner and customer, on its latest live sale (C-03).
WITH countries AS (
  SELECT
    s.sale_id,
    c.country,
    ROW_NUMBER() OVER (PARTITION BY s.sale_id ORDER BY c.effective_from DESC) AS latest
  FROM sales AS s
  JOIN customer_countries AS c
    ON c.customer_id = s.customer_id
    AND c.effective_from <= s.closed_on
    AND (c.effective_until IS NULL OR c.effective_until > s.closed_on)
  WHERE s.closed_on >= $sold_from AND s.closed_on <= $on_day
),
live AS (
  SELECT
    s.sale_id,
    s.partner_id,
    s.customer_id,
    s.currency,
    m.counted AS motion,
    CASE WHEN t.country IS NULL THEN 'other' ELSE 'growth' END AS market,
    s.closed_on,
    CASE WHEN $rate_by_first_sale THEN COALESCE(s.line_first_sold_on, s.closed_on) ELSE s.closed_on END AS rated_on,
    w.next_month_on AS counts_from,
    LEAST(w.ends_on, b.churned_on) AS counts_until,
    ROW_NUMBER() OVER (PARTITION BY s.partner_id, s.customer_id ORDER BY s.closed_on DESC, s.sale_id DESC) AS latest
  FROM sales AS s
  JOIN partners_on_day AS p ON p.partner_id = s.partner_id
  JOIN customers AS b ON b.customer_id = s.customer_id
  JOIN spans AS w ON w.span = 'sold' AND w.starts_on = s.closed_on
  LEFT JOIN motions AS m
    ON m.recorded = s.motion
    AND (m.effective_from IS NULL OR m.effective_from <= s.closed_on)
    AND (m.effective_until IS NULL OR m.effective_until > s.closed_on)
  LEFT JOIN countries AS k ON k.sale_id = s.sale_id AND k.latest = 1
  LEFT JOIN territories AS t
    ON t.territory = 'growth'
    AND t.country = COALESCE(k.country, b.country)
    AND (t.effective_from IS NULL OR t.effective_from <= s.closed_on)
    AND (t.effective_until IS NULL OR t.effective_until > s.closed_on)
  WHERE s.closed_on >= $sold_from
    AND s.closed_on <= $on_day
    AND w.next_month_on <= $on_day
    AND w.ends_on > $on_day
    AND (b.churned_on IS NULL OR b.churned_on > $on_day)
)
SELECT
  l.sale_id,
  l.partner_id,
  l.customer_id,
  COALESCE(r.mrr_minor, 0) AS mrr_minor,
  COALESCE(r.currency, l.currency) AS currency,
  l.motion,
  l.market,
  l.closed_on,
  l.rated_on,
  l.counts_from,
  l.counts_until
FROM live AS l
LEFT JOIN customer_mrr AS r ON r.customer_id = l.customer_id
WHERE l.latest = 1
