-- Each customer with live sold or managed credit counts the tools it used in the last complete month, none being zero.
SELECT
  l.partner_id,
  'customers' AS source_table,
  l.customer_id AS source_id,
  l.customer_id,
  COALESCE(t.tools, 0) AS grains,
  $month_on AS counts_from,
  $next_month_on AS counts_until,
  'C29' AS clause
FROM live_customers AS l
LEFT JOIN tools_used AS t ON t.customer_id = l.customer_id
