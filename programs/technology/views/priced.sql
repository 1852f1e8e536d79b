-- What each subscription costs a month, and in which of the twelve months it is in force (a set of bits).
WITH begun AS (
  SELECT d.effective_from, BIT_OR(m.bit) AS month_set
  FROM (SELECT DISTINCT s.effective_from FROM subscriptions AS s) AS d
  JOIN months AS m ON m.span = 'attached' AND m.month >= d.effective_from
  GROUP BY d.effective_from
),
ended AS (
  SELECT d.effective_until, BIT_OR(m.bit) AS month_set
  FROM (SELECT DISTINCT s.effective_until FROM subscriptions AS s) AS d
  JOIN months AS m ON m.span = 'attached' AND m.month < d.effective_until
  GROUP BY d.effective_until
),
churned AS (
  SELECT d.churned_on, BIT_OR(m.bit) AS month_set
  FROM (SELECT DISTINCT c.churned_on FROM customers AS c) AS d
  JOIN months AS m ON m.span = 'attached' AND m.month < d.churned_on
  GROUP BY d.churned_on
),
in_force AS (
  SELECT
    s.customer_id,
    s.currency,
    s.mrr_minor,
    b.month_set & COALESCE(e.month_set, -1) & COALESCE(l.month_set, -1) AS month_set
  FROM subscriptions AS s
  JOIN begun AS b ON b.effective_from = s.effective_from
  JOIN customers AS c ON c.customer_id = s.customer_id
  LEFT JOIN ended AS e ON e.effective_until = s.effective_until
  LEFT JOIN churned AS l ON l.churned_on = c.churned_on
  WHERE (s.effective_until IS NULL OR s.effective_until > $attached_from)
    AND (c.churned_on IS NULL OR c.churned_on > $attached_from)
)
SELECT p.customer_id, p.currency, p.mrr_minor, p.month_set
FROM in_force AS p
WHERE p.month_set <> 0
