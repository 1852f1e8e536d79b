-- Each live certification of a listed app counts one, where every listed app of the partner has one (B-08, all).
WITH lacking AS (
  SELECT DISTINCT a.partner_id
  FROM listed_apps AS a
  LEFT JOIN certified_apps AS c ON c.app_id = a.app_id
  WHERE c.app_id IS NULL
)
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.ends_on AS counts_until,
  'B226' AS clause
FROM certified_apps AS c
LEFT JOIN lacking AS l ON l.partner_id = c.partner_id
WHERE l.partner_id IS NULL
