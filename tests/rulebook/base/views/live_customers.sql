-- Customers with a sale or a visit that counts on the day.
SELECT s.partner_id, s.customer_id
FROM sales AS s
WHERE s.closed_on >= $sold_from
  AND s.closed_on <= $on_day
UNION
SELECT v.partner_id, v.customer_id
FROM visits AS v
