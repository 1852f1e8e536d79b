-- Facts of a marketplace: partners, their apps, the customers that install and use them, what these pay.
-- technology_facts.py sets the variables: out, seed, partners, apps, customers, installs, deals, reviews, price (the
-- middle price in minor units), age (for how many days partners have been joining), until (the last day). Every draw is
-- the hash of the seed, of what it is drawn for and for whom: one seed gives the same rows on any number of threads.
CREATE MACRO dice(salt, whose, sides) AS
  CAST(hash(hash(salt, CAST(whose AS BIGINT), getvariable('seed'))) % CAST(sides AS UBIGINT) AS BIGINT);

-- A share from 0 to 1, of a fine grid.
CREATE MACRO share(salt, whose) AS dice(salt, whose, 1 << 30) / CAST(1 << 30 AS DOUBLE);

-- A day some days before the last one.
CREATE MACRO days_ago(days) AS CAST(getvariable('until') - CAST(days AS INTEGER) AS DATE);

CREATE TEMP TABLE partners AS
SELECT
  p,
  'T' || lpad(CAST(p AS VARCHAR), 5, '0') AS partner_id,
  days_ago(30 + dice('enrolled', p, getvariable('age'))) AS enrolled_on,
  CASE WHEN dice('leaves', p, 100) < 4 THEN days_ago(dice('left', p, 400)) END AS leaves_on
FROM range(getvariable('partners')) AS t (p);

COPY (
  SELECT
    partner_id,
    'Partner ' || p AS name,
    (['US', 'FR', 'DE', 'GB', 'CO', 'SG', 'JP', 'ZA'])[1 + dice('seat', p, 8)] AS country,
    'USD' AS payment_currency
  FROM partners ORDER BY p
) TO (getvariable('out') || '/partners.parquet') (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT
    'E' || p AS enrolment_id, partner_id, 'technology' AS program, 'member' AS level, enrolled_on,
    CASE WHEN leaves_on > enrolled_on THEN leaves_on END AS left_on
  FROM partners ORDER BY p
) TO (getvariable('out') || '/enrolments.parquet') (FORMAT parquet, COMPRESSION zstd);

-- The first apps go to one partner each, the rest to those that already have one.
CREATE TEMP TABLE apps AS
SELECT
  a,
  'A' || lpad(CAST(a AS VARCHAR), 6, '0') AS app_id,
  p.partner_id,
  p.enrolled_on + CAST(dice('listed', a, 60) AS INTEGER) AS listed_on,
  CASE WHEN dice('delists', a, 100) < 5 THEN days_ago(dice('delisted', a, 500)) END AS delists_on
FROM range(getvariable('apps')) AS t (a)
JOIN partners AS p
  ON p.p = CASE WHEN a < getvariable('partners') THEN a ELSE dice('second app', a, getvariable('partners')) END;

COPY (
  SELECT app_id, partner_id, 'App ' || a AS name, listed_on, CASE WHEN delists_on > listed_on THEN delists_on END AS delisted_on
  FROM apps ORDER BY a
) TO (getvariable('out') || '/apps.parquet') (FORMAT parquet, COMPRESSION zstd);

CREATE TEMP TABLE customers AS
SELECT
  c,
  'C' || lpad(CAST(c AS VARCHAR), 7, '0') AS customer_id,
  days_ago(dice('purchased', c, 2000)) AS first_purchased_on,
  CASE WHEN dice('churns', c, 100) < 12 THEN days_ago(dice('churned', c, 900)) END AS churns_on,
  CASE
    WHEN dice('currency', c, 100) < 55 THEN 'USD'
    ELSE (['EUR', 'EUR', 'EUR', 'GBP', 'CAD', 'AUD', 'SGD', 'COP', 'JPY', 'ZAR'])[1 + dice('other', c, 10)]
  END AS currency
FROM range(getvariable('customers')) AS t (c);

COPY (
  SELECT
    customer_id, 'Customer ' || c AS name, lower(customer_id) || '.example' AS domain,
    CASE currency WHEN 'EUR' THEN (['FR', 'DE', 'ES', 'IT'])[1 + dice('country', c, 4)] WHEN 'GBP' THEN 'GB' ELSE left(currency, 2) END AS country,
    first_purchased_on, CASE WHEN churns_on > first_purchased_on THEN churns_on END AS churned_on
  FROM customers ORDER BY c
) TO (getvariable('out') || '/customers.parquet') (FORMAT parquet, COMPRESSION zstd);

-- Each customer has a plan, a third of them a second one; half of the plans change their price once.
CREATE TEMP TABLE plans AS
SELECT
  3 * c + k AS s, c, k, customer_id, currency,
  first_purchased_on + CAST(k * dice('second plan', c, 300) AS INTEGER) AS starts_on,
  CASE WHEN dice('repriced', 3 * c + k, 2) = 0 THEN days_ago(dice('repriced on', 3 * c + k, 800)) END AS reprices_on,
  CASE WHEN churns_on > first_purchased_on THEN churns_on END AS ends_on,
  CAST(getvariable('price') * (0.1 + 3 * pow(share('price', 3 * c + k), 3))
    * CASE currency WHEN 'COP' THEN 3003 WHEN 'JPY' THEN 1 WHEN 'ZAR' THEN 15 ELSE 1 END AS BIGINT) AS mrr_minor
FROM customers, range(2) AS t (k)
WHERE k = 0 OR (dice('second', c, 3) = 0 AND (churns_on IS NULL OR churns_on > first_purchased_on + 300));

COPY (
  WITH prices AS (
    SELECT s, 0 AS part, mrr_minor, starts_on AS effective_from, CASE WHEN reprices_on > starts_on THEN reprices_on ELSE ends_on END AS effective_until
    FROM plans
    UNION ALL
    SELECT s, 1, CAST(mrr_minor * (0.7 + share('new price', s)) AS BIGINT), reprices_on, ends_on
    FROM plans WHERE reprices_on > starts_on
  )
  SELECT
    'S' || x.s AS subscription_id, p.customer_id,
    CASE p.k WHEN 0 THEN 'crm' ELSE 'marketing' END AS product_line,
    (['starter', 'pro', 'enterprise'])[1 + dice('edition', x.s, 3)] AS edition,
    x.mrr_minor, p.currency, x.effective_from,
    CASE WHEN x.part = 0 AND p.ends_on < x.effective_until THEN p.ends_on ELSE x.effective_until END AS effective_until
  FROM prices AS x JOIN plans AS p ON p.s = x.s
  WHERE x.part = 0 OR p.ends_on IS NULL OR p.ends_on > x.effective_from
  ORDER BY x.s, x.part
) TO (getvariable('out') || '/subscriptions.parquet') (FORMAT parquet, COMPRESSION zstd);

-- Who installed what: a few apps are everywhere, most are rare; some customers install many, most a few.
CREATE TEMP TABLE pairs AS
WITH drawn AS (
  SELECT
    CAST(floor(getvariable('apps') * pow(share('app', n), 3)) AS BIGINT) AS a,
    CAST(floor(getvariable('customers') * share('customer', n) * (1 + share('customer', n)) / 2) AS BIGINT) AS c,
    min(n) AS n
  FROM range(getvariable('installs') * 6 // 5) AS t (n)
  GROUP BY ALL
)
SELECT d.n, d.a, d.c, row_number() OVER (ORDER BY d.n) AS place
FROM drawn AS d
QUALIFY place <= getvariable('installs') * 49 // 50;

-- A quarter installs soon after its purchase, as far as the app is listed; a fiftieth comes back later.
CREATE TEMP TABLE installs AS
WITH begun AS (
  SELECT
    p.n, p.a, p.c, a.app_id, c.customer_id,
    greatest(a.listed_on, CASE
      WHEN dice('soon', p.n, 4) = 0 THEN c.first_purchased_on + CAST(dice('days', p.n, 100) AS INTEGER)
      ELSE c.first_purchased_on + CAST(floor((getvariable('until') - c.first_purchased_on) * pow(share('later', p.n), 1.5)) AS INTEGER)
    END) AS installed_on,
    c.churns_on
  FROM pairs AS p
  JOIN apps AS a ON a.a = p.a
  JOIN customers AS c ON c.c = p.c
),
ended AS (
  SELECT *, CASE WHEN dice('uninstalls', n, 10) < 3 THEN installed_on + 15 + CAST(dice('uninstalled', n, 500) AS INTEGER) END AS uninstalled_on
  FROM begun
)
SELECT 2 * n AS n, app_id, customer_id, installed_on, CASE WHEN uninstalled_on <= getvariable('until') THEN uninstalled_on END AS uninstalled_on, churns_on
FROM ended WHERE installed_on <= getvariable('until')
UNION ALL
SELECT 2 * n + 1, app_id, customer_id, uninstalled_on + 40, NULL, churns_on
FROM ended WHERE dice('returns', n, 15) = 0 AND uninstalled_on + 40 <= getvariable('until');

COPY (
  SELECT 'I' || n AS install_id, app_id, customer_id, installed_on, uninstalled_on FROM installs ORDER BY n
) TO (getvariable('out') || '/installs.parquet') (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT
    'D' || d AS influenced_id,
    'T' || lpad(CAST(CAST(floor(getvariable('partners') * pow(share('deal of', d), 2)) AS BIGINT) AS VARCHAR), 5, '0') AS partner_id,
    'C' || lpad(CAST(dice('deal with', d, getvariable('customers')) AS VARCHAR), 7, '0') AS customer_id,
    CASE WHEN dice('role', d, 3) = 0 THEN 'sourced' ELSE 'supported' END AS role,
    CAST(getvariable('price') * (0.2 + 4 * share('deal', d)) AS BIGINT) AS mrr_minor,
    (['USD', 'USD', 'EUR', 'GBP'])[1 + dice('deal in', d, 4)] AS currency,
    days_ago(dice('closed', d, 1000)) AS closed_on,
    CASE WHEN dice('matched', d, 10) > 0 THEN days_ago(dice('closed', d, 1000) - dice('matched after', d, 90)) END AS matched_on
  FROM range(getvariable('deals')) AS t (d)
) TO (getvariable('out') || '/influenced_sales.parquet') (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT
    'R' || r AS review_id,
    'A' || lpad(CAST(CAST(floor(getvariable('apps') * pow(share('review of', r), 2)) AS BIGINT) AS VARCHAR), 6, '0') AS app_id,
    'C' || lpad(CAST(dice('review by', r, getvariable('customers')) AS VARCHAR), 7, '0') AS customer_id,
    ([1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5])[1 + dice('stars', r, 12)] AS stars,
    days_ago(dice('published', r, 1000)) AS published_on,
    CASE WHEN dice('withdrawn', r, 30) = 0 THEN days_ago(dice('published', r, 1000) - 1 - dice('withdrawn after', r, 300)) END AS withdrawn_on
  FROM range(getvariable('reviews')) AS t (r)
) TO (getvariable('out') || '/reviews.parquet') (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT
    'K' || a AS credential_id, partner_id, CAST(NULL AS VARCHAR) AS user_id, app_id, 'certification' AS kind,
    'app_certification' AS code, CAST(NULL AS VARCHAR) AS family,
    days_ago(dice('certified', a, 800)) AS earned_on,
    CASE WHEN dice('expires', a, 2) = 0 THEN days_ago(dice('certified', a, 800) - 730) END AS expires_on
  FROM apps WHERE dice('certifies', a, 2) = 0
) TO (getvariable('out') || '/credentials.parquet') (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT
    'V' || (10 * p.p + w.k) AS attestation_id, p.partner_id, w.code,
    CASE WHEN w.code = 'compliant' THEN 'no' END AS value,
    days_ago(dice('attested', 10 * p.p + w.k, 1400)) AS effective_from,
    CASE WHEN w.code = 'compliant' THEN days_ago(dice('attested', 10 * p.p + w.k, 1400) - 60)
      WHEN dice('ends', 10 * p.p + w.k, 10) = 0 THEN days_ago(dice('attested', 10 * p.p + w.k, 1400) - 400) END AS effective_until
  FROM partners AS p
  JOIN (VALUES
    (0, 'technical_contact', 80), (1, 'partnership_manager', 80), (2, 'executive_sponsor', 70), (3, 'account_mapping', 70),
    (4, 'co_sell_contact', 50), (5, 'reliable_experience', 50), (6, 'accelerator_conditions', 30), (7, 'compliant', 3)
  ) AS w (k, code, percent) ON dice('vouched', 10 * p.p + w.k, 100) < w.percent
  UNION ALL
  SELECT 'V' || (10 * p + 9), partner_id, 'agreement_signed', NULL, enrolled_on, NULL
  FROM partners WHERE dice('signs', p, 10) < 8
) TO (getvariable('out') || '/attestations.parquet') (FORMAT parquet, COMPRESSION zstd);

-- Half of the partners file a form in the two weeks after a day on which they may rise.
COPY (
  SELECT
    'F' || (10 * p + k) AS form_id, partner_id, 'technology' AS program,
    CAST(date_trunc('quarter', getvariable('until')) AS TIMESTAMP) - to_months(CAST(3 * k AS INTEGER)) + to_days(CAST(14 + dice('filed', 10 * p + k, 15) AS INTEGER))
      + to_minutes(dice('minute', 10 * p + k, 1440)) AS filed_at
  FROM partners, range(8) AS t (k)
  WHERE dice('files', 10 * p + k, 2) = 0
) TO (getvariable('out') || '/contact_forms.parquet') (FORMAT parquet, COMPRESSION zstd);
