-- Each customer's first installation of any of a partner's listed apps, if within 90 days of its first purchase (B274).
WITH recent AS (
  SELECT c.customer_id, c.first_purchased_on, c.churned_on
  FROM customers AS c
  WHERE c.first_purchased_on <= $on_day
    AND DATE_DIFF('day', c.first_purchased_on, $installed_from) <= $days_after_purchase
),
numbered AS (
  SELECT
    a.partner_id,
    i.customer_id,
    i.install_id,
    i.installed_on,
    c.first_purchased_on,
    c.churned_on,
    a.delisted_on,
    ROW_NUMBER() OVER (PARTITION BY a.partner_id, i.customer_id ORDER BY i.installed_on, i.install_id) AS place
  FROM installs AS i
  JOIN recent AS c ON c.customer_id = i.customer_id
  JOIN listed_apps AS a ON a.app_id = i.app_id
  WHERE i.installed_on <= $on_day
    AND (i.uninstalled_on IS NULL OR i.uninstalled_on >= i.installed_on)  -- else it was never in force
),
listings AS (  -- how long an app that the customer installed in time is listed: another one of them carries its credit on
  SELECT n.partner_id, n.customer_id, MAX(n.delisted_on) AS ends_on
  FROM numbered AS n
  WHERE DATE_DIFF('day', n.first_purchased_on, n.installed_on) BETWEEN 0 AND $days_after_purchase
  GROUP BY n.partner_id, n.customer_id
  HAVING COUNT(n.delisted_on) = COUNT(*)
)
SELECT n.partner_id, n.customer_id, n.install_id, n.installed_on, LEAST(s.ends_on, l.ends_on) AS ends_on
FROM numbered AS n
LEFT JOIN listings AS l ON l.partner_id = n.partner_id AND l.customer_id = n.customer_id
JOIN spans AS s ON s.span = 'installed' AND s.starts_on = n.installed_on
WHERE n.place = 1
  AND n.installed_on >= $installed_from
  AND s.ends_on > $on_day
  AND DATE_DIFF('day', n.first_purchased_on, n.installed_on) BETWEEN 0 AND $days_after_purchase
  AND (n.churned_on IS NULL OR n.churned_on > n.installed_on)
