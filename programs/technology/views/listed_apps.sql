-- The apps that their partners have listed in the marketplace on the day (B225, B906).
SELECT a.app_id, a.partner_id, a.listed_on, a.delisted_on
FROM apps AS a
WHERE a.listed_on <= $on_day
  AND (a.delisted_on IS NULL OR a.delisted_on > $on_day)
