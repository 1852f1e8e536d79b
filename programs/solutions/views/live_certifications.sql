-- The team's certifications alive on the day, one per person and code: those of users who are still with the partner.
WITH held AS (
  SELECT
    COALESCE(c.partner_id, u.partner_id) AS partner_id,
    c.credential_id,
    c.user_id,
    c.code,
    c.family,
    c.earned_on,
    LEAST(c.expires_on, u.deactivated_on, u.deleted_on) AS ends_on,
    ROW_NUMBER() OVER (
      PARTITION BY COALESCE(c.partner_id, u.partner_id), c.user_id, c.code
      ORDER BY CASE WHEN c.expires_on IS NULL THEN 0 ELSE 1 END, c.expires_on DESC, c.credential_id
    ) AS latest
  FROM credentials AS c
  JOIN partner_users AS u ON u.user_id = c.user_id
  WHERE c.kind = 'certification'
    AND c.app_id IS NULL
    AND c.earned_on <= $on_day
    AND (c.expires_on IS NULL OR c.expires_on > $on_day)
    AND u.added_on <= $on_day
    AND (u.deactivated_on IS NULL OR u.deactivated_on > $on_day)
    AND (u.deleted_on IS NULL OR u.deleted_on > $on_day)
)
SELECT h.partner_id, h.credential_id, h.user_id, h.code, h.family, h.earned_on, h.ends_on
FROM held AS h
WHERE h.latest = 1
