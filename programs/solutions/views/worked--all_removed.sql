-- Accesses through which an employee did qualifying work in the last ninety days, also of users removed since (D-12, literal).
WITH done AS (
  SELECT
    w.period,
    MIN(a.occurred_on) AS first_on,
    MAX(a.occurred_on) AS last_on,
    COUNT(*) AS activities
  FROM activities AS a
  JOIN qualifying_actions AS q
    ON q.action = a.action
    AND q.qualifies
    AND (q.effective_from IS NULL OR q.effective_from <= a.occurred_on)
    AND (q.effective_until IS NULL OR q.effective_until > a.occurred_on)
  JOIN work_periods AS w
    ON w.user_id = a.user_id
    AND w.customer_id = a.customer_id
    AND a.occurred_on >= w.works_from
    AND (w.works_until IS NULL OR a.occurred_on < w.works_until)
  WHERE a.occurred_on >= $activity_from
    AND a.occurred_on <= $on_day
    AND w.works_from <= $on_day
    AND (w.works_until IS NULL OR w.works_until > $activity_from)
    AND (w.ends_on IS NULL OR w.ends_on > a.occurred_on)
  GROUP BY w.period
)
SELECT w.partner_id, w.customer_id, w.access_id, CAST(NULL AS DATE) AS ends_on, d.first_on, d.last_on, d.activities
FROM done AS d
JOIN work_periods AS w ON w.period = d.period
