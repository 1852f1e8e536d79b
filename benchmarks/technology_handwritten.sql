-- The technology program on 2026-11-20, as a careful data engineer would write it for this one day: constants in place,
-- nothing checked, nothing general. handwritten.py binds the folders and runs the statements one after another.

CREATE TEMP TABLE enrolled AS
SELECT partner_id, row_number() OVER (ORDER BY partner_id)::INTEGER AS p, enrolments
FROM (
  SELECT partner_id, list((enrolment_id, enrolled_on, left_on)) AS enrolments
  FROM read_parquet(getvariable('facts') || '/enrolments.parquet')
  WHERE program = 'technology' AND enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')
  GROUP BY partner_id
);

CREATE TEMP TABLE listed AS
SELECT a.app_id, e.p, a.listed_on, a.delisted_on
FROM read_parquet(getvariable('facts') || '/apps.parquet') AS a
JOIN enrolled AS e ON e.partner_id = a.partner_id
WHERE a.listed_on <= DATE '2026-11-20' AND (a.delisted_on IS NULL OR a.delisted_on > DATE '2026-11-20');

CREATE TEMP TABLE units AS
FROM (VALUES
  ('USD', 3093090::HUGEINT, 10000::HUGEINT), ('AUD', 2945800, 10500), ('COP', 1030, 30030000), ('EUR', 4124120, 7500),
  ('GBP', 4948944, 6250), ('SGD', 2209350, 14000), ('JPY', 2577575, 12000), ('ZAR', 200200, 154500), ('CAD', 2379300, 13000)
) AS listed (currency, grains, unit_minor);

-- Who used an app of whom, and in which of the twelve months: November 2025 is the lowest bit.
CREATE TEMP TABLE used AS
SELECT a.p, u.customer_id, bit_or((1 << date_diff('month', DATE '2025-11-01', u.month))::SMALLINT) AS months
FROM read_parquet(getvariable('facts') || '/app_uses/*.parquet') AS u
JOIN listed AS a ON a.app_id = u.app_id
WHERE u.month BETWEEN DATE '2025-11-01' AND DATE '2026-10-01'
GROUP BY a.p, u.customer_id;

-- What each customer paid in these months. Most pay one price at a time; only where prices add up is each month summed.
CREATE TEMP TABLE paid AS
WITH prices AS (
  SELECT
    s.customer_id, s.currency, s.mrr_minor,
    CASE WHEN s.effective_from <= DATE '2025-11-01' THEN 0
      ELSE date_diff('month', DATE '2025-11-01', s.effective_from - 1) + 1 END AS starts,
    CASE WHEN least(s.effective_until, c.churned_on) <= DATE '2026-10-01'
      THEN date_diff('month', DATE '2025-11-01', least(s.effective_until, c.churned_on) - 1) + 1 ELSE 12 END AS ends
  FROM read_parquet(getvariable('facts') || '/subscriptions.parquet') AS s
  JOIN read_parquet(getvariable('facts') || '/customers.parquet') AS c ON c.customer_id = s.customer_id
  WHERE s.effective_from <= DATE '2026-10-01' AND (s.effective_until IS NULL OR s.effective_until > DATE '2025-11-01')
    AND (c.churned_on IS NULL OR c.churned_on > DATE '2025-11-01')
),
masked AS MATERIALIZED (
  SELECT customer_id, currency, mrr_minor, (1 << ends) - (1 << starts) AS months FROM prices WHERE ends > starts
),
grouped AS MATERIALIZED (
  SELECT customer_id, currency, count(*) AS prices, min(mrr_minor) AS mrr_minor, bit_or(months) AS months,
    sum(months) <> bit_or(months) AS adds
  FROM masked
  GROUP BY ALL
),
several AS MATERIALIZED (
  SELECT m.*, g.adds
  FROM masked AS m
  JOIN grouped AS g ON g.customer_id = m.customer_id AND g.currency = m.currency AND g.prices > 1
)
SELECT customer_id, currency, mrr_minor, months::SMALLINT AS months
FROM grouped
WHERE prices = 1 AND mrr_minor > 0
UNION ALL
SELECT customer_id, currency, mrr_minor, bit_or(months)::SMALLINT
FROM (
  SELECT customer_id, currency, mrr_minor, months FROM several WHERE NOT adds
  UNION ALL
  SELECT customer_id, currency, sum(mrr_minor)::BIGINT, 1 << i
  FROM several JOIN range(12) AS t (i) ON months & (1 << i) <> 0
  WHERE adds
  GROUP BY customer_id, currency, i
)
WHERE mrr_minor > 0
GROUP BY ALL;

CREATE TEMP TABLE attached AS
SELECT p, customer_id, mrr_minor, currency, months, bit_count(months)::BIGINT AS length, mrr_minor * length * grains * 2310 AS grains, unit_minor
FROM (
  SELECT u.p, u.customer_id, p.mrr_minor, p.currency, u.months & p.months AS months, c.grains, c.unit_minor
  FROM used AS u
  JOIN paid AS p ON p.customer_id = u.customer_id
  JOIN units AS c ON c.currency = p.currency
)
WHERE months <> 0;

DROP TABLE used;
DROP TABLE paid;

-- The first installation of each customer that bought lately, if it came within ninety days, and what the customer paid.
CREATE TEMP TABLE early AS
WITH firsts AS (
  SELECT a.p, i.customer_id, any_value(c.first_purchased_on) AS bought_on, any_value(c.churned_on) AS churned_on,
    min((i.installed_on, i.install_id)) AS first
  FROM read_parquet(getvariable('facts') || '/installs.parquet') AS i
  JOIN listed AS a ON a.app_id = i.app_id
  JOIN read_parquet(getvariable('facts') || '/customers.parquet') AS c ON c.customer_id = i.customer_id
  WHERE c.first_purchased_on BETWEEN DATE '2025-08-23' AND DATE '2026-11-20' AND i.installed_on <= DATE '2026-11-20'
  GROUP BY a.p, i.customer_id
),
soon AS (
  SELECT p, customer_id, first[1] AS installed_on, first[2] AS install_id
  FROM firsts
  WHERE first[1] >= DATE '2025-11-21' AND first[1] BETWEEN bought_on AND bought_on + 90 AND (churned_on IS NULL OR churned_on > first[1])
)
SELECT e.p, e.customer_id, e.install_id, e.installed_on, s.currency, sum(s.mrr_minor)::BIGINT AS mrr_minor,
  sum(s.mrr_minor * u.grains * 27720) AS grains, any_value(u.unit_minor) AS unit_minor
FROM soon AS e
JOIN read_parquet(getvariable('facts') || '/subscriptions.parquet') AS s
  ON s.customer_id = e.customer_id AND s.effective_from <= e.installed_on AND (s.effective_until IS NULL OR s.effective_until > e.installed_on)
JOIN units AS u ON u.currency = s.currency
GROUP BY ALL
HAVING sum(s.mrr_minor) > 0;

CREATE TEMP TABLE deals AS
SELECT e.p, d.influenced_id, d.customer_id, d.mrr_minor, d.currency, d.closed_on, d.matched_on, d.mrr_minor * u.grains * 27720 AS grains, u.unit_minor
FROM read_parquet(getvariable('facts') || '/influenced_sales.parquet') AS d
JOIN enrolled AS e ON e.partner_id = d.partner_id
JOIN units AS u ON u.currency = d.currency
WHERE d.closed_on BETWEEN DATE '2025-11-21' AND DATE '2026-11-20' AND d.matched_on <= DATE '2026-11-20';

CREATE TEMP TABLE reviewed AS
SELECT a.p, r.review_id, r.customer_id, r.stars, r.published_on,
  least(CAST(r.published_on + INTERVAL 12 MONTH AS DATE), r.withdrawn_on, a.delisted_on) AS ends_on
FROM read_parquet(getvariable('facts') || '/reviews.parquet') AS r
JOIN listed AS a ON a.app_id = r.app_id
WHERE r.published_on BETWEEN DATE '2025-11-21' AND DATE '2026-11-20' AND (r.withdrawn_on IS NULL OR r.withdrawn_on > DATE '2026-11-20');

-- Metrics of a few lines a partner.
CREATE TEMP TABLE few AS
WITH vouched AS (
  SELECT e.p, a.code, a.attestation_id, a.effective_from, a.effective_until
  FROM read_parquet(getvariable('facts') || '/attestations.parquet') AS a
  JOIN enrolled AS e ON e.partner_id = a.partner_id
  WHERE (a.value IS NULL OR lower(a.value) <> 'no')
    AND a.effective_from <= DATE '2026-11-20' AND (a.effective_until IS NULL OR a.effective_until > DATE '2026-11-20')
),
words AS (
  FROM (VALUES
    ('agreement_signed', 'agreements', 'B142'), ('technical_contact', 'technical_contacts', 'B228'),
    ('partnership_manager', 'partnership_managers', 'B229'), ('executive_sponsor', 'executive_sponsors', 'B230'),
    ('account_mapping', 'account_mappings', 'B231'), ('co_sell_contact', 'co_sell_contacts', 'B509'),
    ('reliable_experience', 'reliable_experiences', 'B511'), ('accelerator_conditions', 'accelerator_conditions', 'B971')
  ) AS listed (code, metric, clause)
)
SELECT v.p, w.metric, 'attestations' AS source_table, v.attestation_id AS source_id, v.effective_from AS counts_from, v.effective_until AS counts_until, w.clause
FROM vouched AS v JOIN words AS w ON w.code = v.code
UNION ALL
SELECT p, 'agreements', 'enrolments', joined[1], joined[2], joined[3], 'B142'
FROM (SELECT partner_id, p, unnest(enrolments) AS joined FROM enrolled)
WHERE partner_id NOT IN (SELECT partner_id FROM read_parquet(getvariable('facts') || '/attestations.parquet') WHERE code = 'agreement_signed')
UNION ALL
SELECT p, 'live_listings', 'apps', app_id, listed_on, delisted_on, 'B225' FROM listed
UNION ALL
SELECT a.p, 'app_certifications', 'credentials', c.credential_id, c.earned_on, least(c.expires_on, a.delisted_on), 'B226'
FROM read_parquet(getvariable('facts') || '/credentials.parquet') AS c
JOIN listed AS a ON a.app_id = c.app_id
WHERE c.kind = 'certification' AND c.earned_on <= DATE '2026-11-20' AND (c.expires_on IS NULL OR c.expires_on > DATE '2026-11-20');

-- The lines, sorted by partner.
COPY (
  WITH sources AS (
    SELECT p, 'attached_mrr' AS metric, 'customers' AS source_table, customer_id AS source_id, customer_id, grains,
      DATE '2026-11-01' AS counts_from, bit_count(months - 1 & ~months)::INTEGER AS oldest, NULL::DATE AS counts_until, 'B268' AS clause,
      mrr_minor AS amount_minor, currency, unit_minor, NULL::DATE AS fact_on, length AS months_used
    FROM attached
    UNION ALL
    SELECT p, 'installed_90d_mrr', 'installs', install_id, customer_id, grains,
      installed_on, NULL, CAST(installed_on + INTERVAL 12 MONTH AS DATE), 'B274',
      mrr_minor, currency, unit_minor, installed_on, NULL
    FROM early
    UNION ALL
    SELECT p, 'influenced_deal_mrr', 'influenced_sales', influenced_id, customer_id, grains,
      greatest(closed_on, matched_on), NULL, CAST(closed_on + INTERVAL 12 MONTH AS DATE), 'B271',
      mrr_minor, currency, unit_minor, closed_on, NULL
    FROM deals
    UNION ALL
    SELECT p, 'review_count', 'reviews', review_id, customer_id, 1, published_on, NULL, ends_on, 'B222', NULL, NULL, NULL, published_on, NULL
    FROM reviewed
    UNION ALL
    SELECT p, 'review_rating', 'reviews', review_id, customer_id, stars, published_on, NULL, ends_on, 'B223', NULL, NULL, NULL, published_on, NULL
    FROM reviewed
    UNION ALL
    SELECT p, metric, source_table, source_id, NULL, 1, counts_from, NULL, counts_until, clause, NULL, NULL, NULL, NULL, NULL
    FROM few
  ),
  sorted AS (SELECT e.partner_id, s.* FROM sources AS s JOIN enrolled AS e ON e.p = s.p ORDER BY s.p)
  SELECT
    s.partner_id,
    s.metric,
    NULL::VARCHAR AS part,
    s.source_table,
    s.source_id,
    s.customer_id,
    CAST(s.grains AS DECIMAL(38,0)) AS grains,
    s.counts_from,
    CASE WHEN s.oldest IS NULL THEN s.counts_until ELSE CAST(DATE '2026-12-01' + to_months(s.oldest) AS DATE) END AS counts_until,
    s.clause,
    s.amount_minor,
    s.currency,
    NULL::VARCHAR AS motion,
    NULL::VARCHAR AS market,
    NULL::BIGINT AS rate,
    NULL::BIGINT AS sharers,
    CAST(s.unit_minor AS DECIMAL(38,0)) AS unit_minor,
    CASE WHEN s.oldest IS NULL THEN s.fact_on ELSE CAST(DATE '2025-11-01' + to_months(s.oldest) AS DATE) END AS fact_on,
    NULL::DATE AS rated_on,
    s.months_used,
    CASE WHEN s.months_used IS NOT NULL THEN 12::BIGINT END AS months_averaged
  FROM sorted AS s
) TO (getvariable('out') || '/lines.parquet') (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 61440);

-- The figures, from the same tables.
COPY (
  WITH sums AS (
    SELECT p, 'attached_mrr' AS metric, count(*) AS lines, sum(grains) AS grains FROM attached GROUP BY p
    UNION ALL
    SELECT p, 'influenced_deal_mrr', count(*), sum(grains) FROM deals GROUP BY p
    UNION ALL
    SELECT p, 'installed_90d_mrr', count(*), sum(grains) FROM early GROUP BY p
    UNION ALL
    SELECT p, 'review_count', count(*), count(*) FROM reviewed GROUP BY p
    UNION ALL
    SELECT p, 'review_rating', count(*), sum(stars) FROM reviewed GROUP BY p
    UNION ALL
    SELECT p, metric, count(*), count(*) FROM few GROUP BY p, metric
  ),
  metrics AS (
    FROM (VALUES
      (0, 'attached_mrr', 'usd', 8574045480000::HUGEINT), (1, 'influenced_deal_mrr', 'usd', 8574045480000),
      (2, 'installed_90d_mrr', 'usd', 8574045480000), (3, 'review_count', 'count', 1), (4, 'review_rating', 'stars', 1),
      (5, 'agreements', 'count', 1), (6, 'live_listings', 'count', 1), (7, 'app_certifications', 'count', 1),
      (8, 'technical_contacts', 'count', 1), (9, 'partnership_managers', 'count', 1), (10, 'executive_sponsors', 'count', 1),
      (11, 'account_mappings', 'count', 1), (12, 'co_sell_contacts', 'count', 1), (13, 'reliable_experiences', 'count', 1),
      (14, 'accelerator_conditions', 'count', 1)
    ) AS listed (position, metric, unit, denominator)
  ),
  exact AS (
    SELECT e.partner_id, m.position, m.metric, m.unit, s.lines,
      CASE m.metric WHEN 'review_rating' THEN s.grains ELSE coalesce(s.grains, 0) END::HUGEINT AS grains,
      CASE m.metric WHEN 'review_rating' THEN s.lines::HUGEINT ELSE m.denominator END AS denominator
    FROM enrolled AS e CROSS JOIN metrics AS m
    LEFT JOIN sums AS s ON s.p = e.p AND s.metric = m.metric
  )
  SELECT
    partner_id,
    metric,
    CAST(grains AS DECIMAL(38,0)) AS grains,
    CAST(denominator AS DECIMAL(38,0)) AS denominator,
    CAST(CAST(grains // denominator * 10000000000 + grains % denominator * 10000000000 // denominator AS DECIMAL(38,0))
      * CAST(0.0000000001 AS DECIMAL(10,10)) AS DECIMAL(38,10)) AS value,
    unit,
    CASE WHEN lines IS NULL THEN 'no_lines' WHEN grains = 0 THEN 'lines_sum_to_zero' END AS reason
  FROM exact
  ORDER BY partner_id, position
) TO (getvariable('out') || '/figures.parquet') (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
