-- Who manages whom when the relation lives until all users are removed or all activities have expired (D-12, literal).
WITH present AS (
  SELECT
    u.partner_id,
    a.customer_id,
    MAX(CASE WHEN LEAST(a.removed_on, u.deleted_on) IS NULL THEN 1 ELSE 0 END) AS stays,
    MAX(LEAST(a.removed_on, u.deleted_on)) AS last_removed_on
  FROM client_access AS a
  JOIN partner_users AS u ON u.user_id = a.user_id
  WHERE a.granted_on <= $on_day
    AND u.added_on <= $on_day
    AND (a.removed_on IS NULL OR a.removed_on > $on_day)
    AND (u.deleted_on IS NULL OR u.deleted_on > $on_day)
  GROUP BY u.partner_id, a.customer_id
)
SELECT
  w.partner_id,
  w.customer_id,
  MIN(w.first_on) AS counts_from,
  MAX(w.last_on) AS last_on,
  MAX(CASE WHEN b.stays = 1 THEN s.ends_on ELSE LEAST(s.ends_on, b.last_removed_on) END) AS counts_until
FROM worked AS w
JOIN spans AS s ON s.span = 'activity' AND s.starts_on = w.last_on
JOIN partners_on_day AS p ON p.partner_id = w.partner_id
JOIN present AS b ON b.partner_id = w.partner_id AND b.customer_id = w.customer_id
GROUP BY w.partner_id, w.customer_id
HAVING SUM(w.activities) >= $minimum_activities
