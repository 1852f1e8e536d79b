-- Customers that a partner's employee worked for in the last ninety days, with the latest day.
SELECT p.partner_id, a.customer_id, MAX(a.occurred_on) AS visited_on, COUNT(*) AS visits
FROM activities AS a
JOIN partner_users AS p ON p.user_id = a.user_id
JOIN actions AS q
  ON q.action = a.action
  AND q.counts
  AND (q.effective_from IS NULL OR q.effective_from <= a.occurred_on)
  AND (q.effective_until IS NULL OR q.effective_until > a.occurred_on)
WHERE a.occurred_on >= $visit_from
  AND a.occurred_on <= $on_day
GROUP BY p.partner_id, a.customer_id
