-- Which customers used at least one of a partner's listed apps, and in which of the twelve months (a set of bits).
SELECT a.partner_id, u.customer_id, BIT_OR(m.bit) AS month_set
FROM app_uses AS u
JOIN months AS m ON m.span = 'attached' AND m.month = u.month
JOIN listed_apps AS a ON a.app_id = u.app_id
WHERE u.month >= $attached_from AND u.month < $month_on
GROUP BY a.partner_id, u.customer_id
