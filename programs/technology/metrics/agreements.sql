-- The partner's signature under the program's agreement; whoever joined without a word about it signed by joining.
WITH told AS (
  SELECT DISTINCT a.partner_id
  FROM attestations AS a
  WHERE a.code = 'agreement_signed'
)
SELECT
  a.partner_id,
  'attestations' AS source_table,
  a.attestation_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  a.effective_from AS counts_from,
  a.effective_until AS counts_until,
  'B142' AS clause
FROM attested AS a
WHERE a.code = 'agreement_signed'
UNION ALL
SELECT
  e.partner_id,
  'enrolments' AS source_table,
  e.enrolment_id AS source_id,
  CAST(NULL AS VARCHAR) AS customer_id,
  1 AS grains,
  e.enrolled_on AS counts_from,
  e.left_on AS counts_until,
  'B142' AS clause
FROM enrolments AS e
LEFT JOIN told AS t ON t.partner_id = e.partner_id
WHERE t.partner_id IS NULL
  AND e.program = $program
  AND e.enrolled_on <= $on_day
  AND (e.left_on IS NULL OR e.left_on > $on_day)
