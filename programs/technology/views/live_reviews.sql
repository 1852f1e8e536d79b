-- The reviews of the partner's listed apps published in the last twelve months and not withdrawn (B222, B910).
SELECT
  a.partner_id,
  r.review_id,
  r.customer_id,
  r.stars,
  r.published_on,
  LEAST(s.ends_on, r.withdrawn_on, a.delisted_on) AS ends_on
FROM reviews AS r
JOIN listed_apps AS a ON a.app_id = r.app_id
JOIN spans AS s ON s.span = 'reviewed' AND s.starts_on = r.published_on
WHERE r.published_on >= $reviewed_from
  AND r.published_on <= $on_day
  AND s.ends_on > $on_day
  AND (r.withdrawn_on IS NULL OR r.withdrawn_on > $on_day)
