-- The company's live accreditation for data migration.
SELECT
  c.partner_id,
  'credentials' AS source_table,
  c.credential_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  c.earned_on AS counts_from,
  c.expires_on AS counts_until,
  'A215' AS clause
FROM live_accreditations AS c
WHERE c.code = 'data_migration'
