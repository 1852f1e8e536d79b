-- Each app that the partner has listed in the marketplace on the day counts one.
SELECT
  a.partner_id,
  'apps' AS source_table,
  a.app_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  a.listed_on AS counts_from,
  a.delisted_on AS counts_until,
  'B225' AS clause
FROM listed_apps AS a
