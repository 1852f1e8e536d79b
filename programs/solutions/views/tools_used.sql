-- How many of the counted tools each customer used in the last complete month (C25-46); a row is one tool of one month.
SELECT u.customer_id, COUNT(*) AS tools
FROM tool_uses AS u
JOIN counted_tools AS t
  ON t.tool = u.tool
  AND t.counted
  AND (t.effective_from IS NULL OR t.effective_from <= u.month)
  AND (t.effective_until IS NULL OR t.effective_until > u.month)
WHERE u.month = $previous_month_on
GROUP BY u.customer_id
