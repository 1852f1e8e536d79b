-- The days on which somebody vouches that a partner breaks the rules of the program: it is suspended, not demoted (B916).
SELECT a.partner_id, a.effective_from, a.effective_until
FROM attestations AS a
WHERE a.code = 'compliant'
  AND LOWER(a.value) = 'no'
