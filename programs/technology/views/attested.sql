-- What somebody vouches for about a partner on the day (B305).
SELECT a.attestation_id, a.partner_id, a.code, a.effective_from, a.effective_until
FROM attestations AS a
WHERE a.effective_from <= $on_day
  AND (a.effective_until IS NULL OR a.effective_until > $on_day)
  AND (a.value IS NULL OR LOWER(a.value) <> 'no')
