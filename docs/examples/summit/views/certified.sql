-- The people of a partner who hold a valid certification on the day, each once, with the one that lasts longest.
WITH live AS (
  SELECT
    c.partner_id,
    c.user_id,
    c.credential_id,
    c.earned_on,
    c.expires_on,
    ROW_NUMBER() OVER (
      PARTITION BY c.partner_id, c.user_id
      ORDER BY CASE WHEN c.expires_on IS NULL THEN 0 ELSE 1 END, c.expires_on DESC, c.credential_id
    ) AS place
  FROM credentials AS c
  WHERE c.kind = 'certification'
    AND c.user_id IS NOT NULL
    AND c.earned_on <= $on_day
    AND (c.expires_on IS NULL OR c.expires_on > $on_day)
)
SELECT l.partner_id, l.user_id, l.credential_id, l.earned_on, l.expires_on
FROM live AS l
WHERE l.place = 1
