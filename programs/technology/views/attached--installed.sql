-- Which customers had one of a partner's listed apps installed on the first day of which of the twelve months (B-12).
SELECT a.partner_id, i.customer_id, BIT_OR(m.bit) AS month_set
FROM installs AS i
JOIN listed_apps AS a ON a.app_id = i.app_id
JOIN months AS m
  ON m.span = 'attached'
  AND i.installed_on <= m.month
  AND (i.uninstalled_on IS NULL OR i.uninstalled_on > m.month)
GROUP BY a.partner_id, i.customer_id
