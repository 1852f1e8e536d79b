-- The mean of the stars of the live reviews of the partner's listed apps.
SELECT
  r.partner_id,
  'reviews' AS source_table,
  r.review_id AS source_id,
  r.customer_id,
  r.stars AS grains,
  r.published_on AS counts_from,
  r.ends_on AS counts_until,
  'B223' AS clause,
  r.published_on AS fact_on
FROM live_reviews AS r
