-- The vendor's word that the partner signed the security annex.
SELECT
  a.partner_id,
  'attestations' AS source_table,
  a.attestation_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  a.effective_from AS counts_from,
  a.effective_until AS counts_until,
  'A12' AS clause
FROM attestations AS a
WHERE a.code = 'security_annex'
  AND (a.value IS NULL OR LOWER(a.value) <> 'no')
  AND a.effective_from <= $on_day
  AND (a.effective_until IS NULL OR a.effective_until > $on_day)
