-- The company's accreditations alive on the day, one of each code: the one that lasts longest.
WITH held AS (
  SELECT
    c.partner_id,
    c.credential_id,
    c.code,
    c.earned_on,
    c.expires_on,
    ROW_NUMBER() OVER (
      PARTITION BY c.partner_id, c.code
      ORDER BY CASE WHEN c.expires_on IS NULL THEN 0 ELSE 1 END, c.expires_on DESC, c.credential_id
    ) AS latest
  FROM credentials AS c
  WHERE c.kind = 'accreditation'
    AND c.app_id IS NULL
    AND c.earned_on <= $on_day
    AND (c.expires_on IS NULL OR c.expires_on > $on_day)
)
SELECT h.partner_id, h.credential_id, h.code, h.earned_on, h.expires_on
FROM held AS h
WHERE h.latest = 1
