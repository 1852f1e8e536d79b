-- The live certifications of the partner's listed apps (B226, B295).
SELECT a.partner_id, a.app_id, c.credential_id, c.earned_on, LEAST(c.expires_on, a.delisted_on) AS ends_on
FROM credentials AS c
JOIN listed_apps AS a ON a.app_id = c.app_id
WHERE c.kind = 'certification'
  AND c.earned_on <= $on_day
  AND (c.expires_on IS NULL OR c.expires_on > $on_day)
