-- Each live Partner certification of the team counts one.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.ends_on AS counts_until,
  'A138' AS clause
FROM live_certifications AS c
WHERE c.code = 'solutions_partner'
