-- Who takes part, from when until when: enrolled, with the agreement signed and an app listed (B142, B225, B692).
WITH told AS (
  SELECT DISTINCT a.partner_id
  FROM attestations AS a
  WHERE a.code = 'agreement_signed'
)
SELECT
  e.partner_id,
  GREATEST(e.enrolled_on, a.listed_on, COALESCE(g.effective_from, e.enrolled_on)) AS effective_from,
  LEAST(e.left_on, a.delisted_on, g.effective_until) AS effective_until
FROM enrolments AS e
JOIN apps AS a ON a.partner_id = e.partner_id
LEFT JOIN told AS t ON t.partner_id = e.partner_id
LEFT JOIN attestations AS g
  ON g.partner_id = e.partner_id AND g.code = 'agreement_signed' AND (g.value IS NULL OR LOWER(g.value) <> 'no')
WHERE e.program = $program
  AND a.listed_on IS NOT NULL
  AND (t.partner_id IS NULL OR g.partner_id IS NOT NULL)
