-- The partnership manager that the partner named.
SELECT
  a.partner_id,
  'attestations' AS source_table,
  a.attestation_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  a.effective_from AS counts_from,
  a.effective_until AS counts_until,
  'B229' AS clause
FROM attested AS a
WHERE a.code = 'partnership_manager'
