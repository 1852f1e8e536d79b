-- The same, once for each app that the customer used (B-13, per app).
SELECT a.partner_id, a.app_id, u.customer_id, BIT_OR(m.bit) AS month_set
FROM app_uses AS u
JOIN months AS m ON m.span = 'attached' AND m.month = u.month
JOIN listed_apps AS a ON a.app_id = u.app_id
WHERE u.month >= $attached_from AND u.month < $month_on
GROUP BY a.partner_id, a.app_id, u.customer_id
