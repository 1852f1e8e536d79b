-- The day on which a client is associated by itself: the later of access and approval of the e-mail's domain (D21).
SELECT
  a.access_id,
  MIN(GREATEST(a.granted_on, d.approved_on)) AS associated_on
FROM client_access AS a
JOIN partner_users AS u ON u.user_id = a.user_id
JOIN partner_domains AS d
  ON d.partner_id = u.partner_id
  AND LOWER(d.domain) = LOWER(SPLIT_PART(u.email, '@', 2))
WHERE a.associated_on IS NULL
  AND (d.revoked_on IS NULL OR GREATEST(a.granted_on, d.approved_on) < d.revoked_on)
GROUP BY a.access_id
