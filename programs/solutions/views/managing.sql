-- Which partner manages which customer on the day, and until when if nothing is done (D31-33, D42-44, D53).
SELECT
  w.partner_id,
  w.customer_id,
  MIN(w.first_on) AS counts_from,
  MAX(w.last_on) AS last_on,
  MAX(LEAST(s.ends_on, w.ends_on)) AS counts_until
FROM worked AS w
JOIN spans AS s ON s.span = 'activity' AND s.starts_on = w.last_on
JOIN partners_on_day AS p ON p.partner_id = w.partner_id
WHERE w.ends_on IS NULL OR w.ends_on > $on_day
GROUP BY w.partner_id, w.customer_id
HAVING SUM(w.activities) >= $minimum_activities
