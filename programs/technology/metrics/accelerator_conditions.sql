-- The vendor's word that the partner meets the accelerator's own conditions.
SELECT
  a.partner_id,
  'attestations' AS source_table,
  a.attestation_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  a.effective_from AS counts_from,
  a.effective_until AS counts_until,
  'B971' AS clause
FROM attested AS a
WHERE a.code = 'accelerator_conditions'
