-- The solutions program on 2026-11-20, as a careful data engineer would write it for this one day: constants in place,
-- nothing checked, nothing general. handwritten.py binds the folders and runs the statements one after another.

-- The people: who is enrolled, who is at level partner, on the day and a year before.
CREATE TEMP TABLE enrolled AS
SELECT
  partner_id,
  bool_or(level = 'partner' AND enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')) AS is_partner,
  bool_or(enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')) AS is_enrolled,
  bool_or(level = 'partner' AND enrolled_on <= DATE '2025-11-20' AND (left_on IS NULL OR left_on > DATE '2025-11-20'))
    AND is_enrolled AS was_partner
FROM read_parquet(getvariable('facts') || '/enrolments.parquet')
WHERE program = 'solutions'
GROUP BY partner_id;

CREATE TEMP TABLE users AS
SELECT u.user_id, u.partner_id, e.is_partner, e.was_partner, u.added_on, u.deactivated_on, u.deleted_on, lower(split_part(u.email, '@', 2)) AS domain
FROM read_parquet(getvariable('facts') || '/partner_users.parquet') AS u
JOIN enrolled AS e ON e.partner_id = u.partner_id
WHERE u.is_partner_employee AND (e.is_partner OR e.was_partner);

-- Accesses through which work counts, numbered, so that activities are grouped by one integer.
CREATE TEMP TABLE accesses AS
WITH approved AS (
  SELECT u.user_id, d.approved_on, d.revoked_on
  FROM users AS u
  JOIN read_parquet(getvariable('facts') || '/partner_domains.parquet') AS d ON d.partner_id = u.partner_id AND lower(d.domain) = u.domain
),
automatic AS (
  SELECT a.access_id, min(greatest(a.granted_on, d.approved_on)) AS associated_on
  FROM read_parquet(getvariable('facts') || '/client_access.parquet') AS a
  JOIN approved AS d ON d.user_id = a.user_id
  WHERE a.associated_on IS NULL AND (d.revoked_on IS NULL OR greatest(a.granted_on, d.approved_on) < d.revoked_on)
  GROUP BY a.access_id
)
SELECT
  CAST(row_number() OVER () AS INTEGER) AS n,
  a.user_id,
  a.customer_id,
  u.partner_id,
  u.is_partner,
  u.was_partner,
  greatest(u.added_on, a.granted_on, coalesce(a.associated_on, m.associated_on)) AS works_from,
  coalesce(u.deactivated_on, DATE '9999-01-01') AS works_until,
  coalesce(least(a.removed_on, u.deleted_on), DATE '9999-01-01') AS ends_on
FROM read_parquet(getvariable('facts') || '/client_access.parquet') AS a
JOIN users AS u ON u.user_id = a.user_id
LEFT JOIN automatic AS m ON m.access_id = a.access_id
WHERE coalesce(a.associated_on, m.associated_on) IS NOT NULL
  AND (a.removed_on IS NULL OR a.removed_on > DATE '2025-11-20')
  AND (u.deleted_on IS NULL OR u.deleted_on > DATE '2025-11-20');

-- Work in the ninety days before the day and before the day a year earlier: activities are read once.
CREATE TEMP TABLE worked AS
SELECT a.n, t.occurred_on >= DATE '2026-08-23' AS now, min(t.occurred_on) AS first_on, max(t.occurred_on) AS last_on
FROM read_parquet(getvariable('facts') || '/activities/*.parquet') AS t
JOIN accesses AS a
  ON a.user_id = t.user_id AND a.customer_id = t.customer_id
  AND t.occurred_on >= a.works_from AND t.occurred_on < a.works_until
WHERE t.action IN ('create', 'edit', 'publish', 'configure', 'interact')
  AND (t.occurred_on BETWEEN DATE '2026-08-23' AND DATE '2026-11-20' OR t.occurred_on BETWEEN DATE '2025-08-23' AND DATE '2025-11-20')
GROUP BY ALL;

CREATE TEMP TABLE managing AS
SELECT
  a.partner_id,
  a.customer_id,
  min(w.first_on) AS counts_from,
  max(w.last_on) AS last_on,
  max(least(w.last_on + 90, a.ends_on)) AS counts_until
FROM worked AS w
JOIN accesses AS a ON a.n = w.n
WHERE w.now AND a.is_partner AND a.ends_on > DATE '2026-11-20'
GROUP BY a.partner_id, a.customer_id;

-- What customers pay, on the first day of the month of either day, in one pass.
CREATE TEMP TABLE units AS
FROM (VALUES
  ('USD', 3093090::HUGEINT, 10000::HUGEINT), ('AUD', 2945800, 10500), ('COP', 1030, 30030000), ('EUR', 4124120, 7500),
  ('GBP', 4948944, 6250), ('SGD', 2209350, 14000), ('JPY', 2577575, 12000), ('ZAR', 200200, 154500), ('CAD', 2379300, 13000)
) AS listed (currency, grains, unit_minor);

CREATE TEMP TABLE growth AS
SELECT country, TRUE AS grows FROM (SELECT unnest(string_split(
  'AE AG AI AL AM AO AR AW AZ BA BB BD BF BG BH BJ BL BM BN BO BQ BR BS BV BW BY BZ CD CG CI CL CM CN CO CR CU CV '
  'CW CY CZ DM DO DZ EC EE EG ET FK GA GD GE GF GH GL GM GN GP GQ GR GS GT GY HK HN HR HT HU ID IL IN IQ JM JO KE '
  'KH KN KR KW KY LA LB LC LK LR LS LT LV MD ME MF MG MK ML MM MN MQ MR MS MU MV MW MX MY MZ NA NG NI NP OM PA PE '
  'PH PK PL PM PS PY QA RE RO RS RU RW SC SG SH SI SK SL SN SO SR SV SX SZ TC TG TH TL TN TR TT TW TZ UA UG UY VC '
  'VE VG VN YE YT ZA ZM ZW', ' ')) AS country);

CREATE TEMP TABLE paying AS
WITH paid AS (
  SELECT
    customer_id,
    currency,
    sum(mrr_minor) FILTER (effective_from <= DATE '2026-11-01' AND (effective_until IS NULL OR effective_until > DATE '2026-11-01')) AS mrr_now,
    sum(mrr_minor) FILTER (effective_from <= DATE '2025-11-01' AND (effective_until IS NULL OR effective_until > DATE '2025-11-01')) AS mrr_then
  FROM read_parquet(getvariable('facts') || '/subscriptions.parquet')
  WHERE effective_from <= DATE '2026-11-01' AND (effective_until IS NULL OR effective_until > DATE '2025-11-01')
  GROUP BY customer_id, currency
),
countries AS (
  SELECT customer_id, arg_max(country, effective_from) AS country
  FROM read_parquet(getvariable('facts') || '/customer_countries.parquet')
  WHERE effective_from <= DATE '2026-11-20' AND (effective_until IS NULL OR effective_until > DATE '2026-11-20')
  GROUP BY customer_id
)
SELECT
  p.customer_id,
  p.currency,
  CASE WHEN c.churned_on IS NULL OR c.churned_on > DATE '2026-11-20' THEN CAST(p.mrr_now AS BIGINT) END AS mrr_now,
  CAST(p.mrr_then AS BIGINT) AS mrr_then,
  c.churned_on,
  coalesce(g.grows, FALSE) AS grows,
  u.grains,
  u.unit_minor
FROM paid AS p
JOIN read_parquet(getvariable('facts') || '/customers.parquet') AS c ON c.customer_id = p.customer_id
JOIN units AS u ON u.currency = p.currency
LEFT JOIN countries AS k ON k.customer_id = p.customer_id
LEFT JOIN growth AS g ON g.country = coalesce(k.country, c.country)
WHERE (p.mrr_now > 0 OR p.mrr_then > 0) AND (c.churned_on IS NULL OR c.churned_on > DATE '2025-11-20');

CREATE TEMP TABLE managed AS
SELECT
  m.partner_id,
  m.customer_id,
  p.mrr_now AS amount_minor,
  p.currency,
  CASE WHEN p.grows THEN 'growth' ELSE 'other' END AS market,
  CASE WHEN p.grows THEN 2 ELSE 1 END AS rate,
  s.sharers,
  p.mrr_now * p.grains * (232792560 // s.sharers) AS grains,
  p.unit_minor,
  m.last_on AS fact_on,
  m.counts_from,
  least(m.counts_until, p.churned_on) AS counts_until
FROM managing AS m
JOIN (SELECT customer_id, count(*) AS sharers FROM managing GROUP BY customer_id) AS s ON s.customer_id = m.customer_id
JOIN paying AS p ON p.customer_id = m.customer_id AND p.mrr_now > 0;

-- Sales of the last twelve months.
CREATE TEMP TABLE sold AS
WITH countries AS (
  SELECT s.sale_id, arg_max(k.country, k.effective_from) AS country
  FROM read_parquet(getvariable('facts') || '/sales.parquet') AS s
  JOIN read_parquet(getvariable('facts') || '/customer_countries.parquet') AS k
    ON k.customer_id = s.customer_id AND k.effective_from <= s.closed_on AND (k.effective_until IS NULL OR k.effective_until > s.closed_on)
  WHERE s.closed_on BETWEEN DATE '2025-11-21' AND DATE '2026-10-31'
  GROUP BY s.sale_id
)
SELECT
  s.sale_id,
  s.partner_id,
  s.customer_id,
  s.mrr_minor AS amount_minor,
  s.currency,
  CASE s.motion WHEN 'assisted' THEN 'assisted' ELSE 'sourced' END AS motion,
  CASE WHEN g.grows THEN 'growth' ELSE 'other' END AS market,
  CASE WHEN s.motion <> 'assisted' AND coalesce(s.line_first_sold_on, s.closed_on) >= DATE '2024-02-27' THEN 5 ELSE 3 END
    * CASE WHEN g.grows THEN 2 ELSE 1 END AS rate,
  s.mrr_minor * u.grains * 232792560 AS grains,
  u.unit_minor,
  s.closed_on AS fact_on,
  coalesce(s.line_first_sold_on, s.closed_on) AS rated_on,
  CAST(date_trunc('month', s.closed_on) + INTERVAL 1 MONTH AS DATE) AS counts_from,
  least(CAST(s.closed_on + INTERVAL 12 MONTH AS DATE), c.churned_on) AS counts_until
FROM read_parquet(getvariable('facts') || '/sales.parquet') AS s
JOIN enrolled AS e ON e.partner_id = s.partner_id AND e.is_partner
JOIN read_parquet(getvariable('facts') || '/customers.parquet') AS c ON c.customer_id = s.customer_id
JOIN units AS u ON u.currency = s.currency
LEFT JOIN countries AS k ON k.sale_id = s.sale_id
LEFT JOIN growth AS g ON g.country = coalesce(k.country, c.country)
WHERE s.closed_on BETWEEN DATE '2025-11-21' AND DATE '2026-10-31'
  AND (c.churned_on IS NULL OR c.churned_on > DATE '2026-11-20');

-- The customers of a year ago: what they paid then and what they pay now.
CREATE TEMP TABLE cohort AS
WITH live AS (
  SELECT a.partner_id, a.customer_id
  FROM worked AS w
  JOIN accesses AS a ON a.n = w.n
  WHERE NOT w.now AND a.was_partner AND a.customer_id IN (SELECT customer_id FROM paying WHERE mrr_then > 0)
  UNION
  SELECT s.partner_id, s.customer_id
  FROM read_parquet(getvariable('facts') || '/sales.parquet') AS s
  JOIN enrolled AS e ON e.partner_id = s.partner_id AND e.was_partner
  WHERE s.closed_on BETWEEN DATE '2024-11-21' AND DATE '2025-10-31'
),
paid AS (
  SELECT
    customer_id,
    CAST(sum(mrr_then * grains * 232792560) FILTER (mrr_then > 0) AS HUGEINT) AS paid_then,
    CAST(sum(mrr_now * grains * 232792560) FILTER (mrr_now > 0) AS HUGEINT) AS paid_now
  FROM paying
  GROUP BY customer_id
)
SELECT l.partner_id, l.customer_id, c.churned_on, c.churned_on IS NULL OR c.churned_on > DATE '2026-11-20' AS stays, p.paid_then, p.paid_now
FROM live AS l
JOIN read_parquet(getvariable('facts') || '/customers.parquet') AS c ON c.customer_id = l.customer_id
LEFT JOIN paid AS p ON p.customer_id = l.customer_id
WHERE c.churned_on IS NULL OR c.churned_on > DATE '2025-11-20';

CREATE TEMP TABLE usage AS
SELECT l.partner_id, l.customer_id, coalesce(t.tools, 0) AS tools
FROM (SELECT partner_id, customer_id FROM sold UNION SELECT partner_id, customer_id FROM managed) AS l
LEFT JOIN (
  SELECT customer_id, count(*) AS tools -- (customer, tool, month) is the key
  FROM read_parquet(getvariable('facts') || '/tool_uses.parquet')
  WHERE month = DATE '2026-10-01'
    AND tool IN ('ads', 'contacts', 'contacts_report', 'crm', 'cta', 'email', 'forms', 'landing_pages', 'lists', 'pages_report',
      'reports_addon', 'social_monitoring', 'social_publishing', 'sources_report', 'website_pages', 'workflows')
  GROUP BY customer_id
) AS t ON t.customer_id = l.customer_id;

-- Metrics of a few lines a partner.
CREATE TEMP TABLE few AS
WITH certified AS (
  SELECT coalesce(c.partner_id, u.partner_id) AS partner_id, c.credential_id, c.code, c.family, c.earned_on,
    least(c.expires_on, u.deactivated_on, u.deleted_on) AS ends_on
  FROM read_parquet(getvariable('facts') || '/credentials.parquet') AS c
  JOIN read_parquet(getvariable('facts') || '/partner_users.parquet') AS u ON u.user_id = c.user_id
  WHERE c.kind = 'certification' AND c.app_id IS NULL
    AND c.earned_on <= DATE '2026-11-20' AND (c.expires_on IS NULL OR c.expires_on > DATE '2026-11-20')
    AND u.added_on <= DATE '2026-11-20'
    AND (u.deactivated_on IS NULL OR u.deactivated_on > DATE '2026-11-20')
    AND (u.deleted_on IS NULL OR u.deleted_on > DATE '2026-11-20')
  QUALIFY row_number() OVER (
    PARTITION BY coalesce(c.partner_id, u.partner_id), c.user_id, c.code
    ORDER BY c.expires_on IS NOT NULL, c.expires_on DESC, c.credential_id
  ) = 1
),
accredited AS (
  SELECT partner_id, credential_id, code, earned_on, expires_on
  FROM read_parquet(getvariable('facts') || '/credentials.parquet')
  WHERE kind = 'accreditation' AND app_id IS NULL
    AND earned_on <= DATE '2026-11-20' AND (expires_on IS NULL OR expires_on > DATE '2026-11-20')
  QUALIFY row_number() OVER (PARTITION BY partner_id, code ORDER BY expires_on IS NOT NULL, expires_on DESC, credential_id) = 1
),
vouched AS (
  SELECT partner_id, code, attestation_id, effective_from, effective_until
  FROM read_parquet(getvariable('facts') || '/attestations.parquet')
  WHERE code IN ('onboarded', 'elite_invited', 'account_review_passed', 'confidentiality_training') AND (value IS NULL OR lower(value) <> 'no')
    AND effective_from <= DATE '2026-11-20' AND (effective_until IS NULL OR effective_until > DATE '2026-11-20')
),
own AS (
  SELECT partner_id, product_line, edition IN ('pro', 'enterprise') AND (base_price OR seats >= 4) AS is_pro, effective_from, effective_until
  FROM read_parquet(getvariable('facts') || '/own_subscriptions.parquet')
  WHERE effective_from <= DATE '2026-11-20' AND (effective_until IS NULL OR effective_until > DATE '2026-11-20')
),
listed AS (
  SELECT partner_id, 'team_certifications' AS metric, 'credentials' AS source_table, credential_id AS source_id, earned_on AS counts_from, ends_on AS counts_until, 'A164' AS clause FROM certified
  UNION ALL
  SELECT partner_id, 'partner_certifications', 'credentials', credential_id, earned_on, ends_on, 'A138' FROM certified WHERE code = 'solutions_partner'
  UNION ALL
  SELECT partner_id, 'software_certifications', 'credentials', credential_id, earned_on, ends_on, 'A356' FROM certified WHERE family = 'software'
  UNION ALL
  SELECT partner_id, 'implementation_certifications', 'credentials', credential_id, earned_on, ends_on, 'A357' FROM certified WHERE family = 'implementation'
  UNION ALL
  SELECT partner_id, 'accreditations', 'credentials', credential_id, earned_on, expires_on, 'A349' FROM accredited
  UNION ALL
  SELECT partner_id, 'migration_accreditations', 'credentials', credential_id, earned_on, expires_on, 'A215' FROM accredited WHERE code = 'data_migration'
  UNION ALL
  SELECT partner_id, 'crm_accreditations', 'credentials', credential_id, earned_on, expires_on, 'A178' FROM accredited WHERE code = 'crm_implementation'
  UNION ALL
  SELECT
    partner_id,
    CASE code WHEN 'onboarded' THEN 'onboarded' WHEN 'elite_invited' THEN 'invitations' WHEN 'confidentiality_training' THEN 'confidentiality_trainings'
      ELSE 'reviews_passed' END,
    'attestations', attestation_id, effective_from, effective_until,
    CASE code WHEN 'onboarded' THEN 'A137' WHEN 'confidentiality_training' THEN 'A396' ELSE 'A164' END
  FROM vouched
  UNION ALL
  SELECT partner_id, 'own_subscriptions', 'own_subscriptions', product_line, effective_from, effective_until, 'A139' FROM own
  UNION ALL
  SELECT partner_id, 'own_pro_subscriptions', 'own_subscriptions', product_line, effective_from, effective_until, 'A139' FROM own WHERE is_pro
  UNION ALL
  SELECT partner_id, 'partner_level', 'enrolments', enrolment_id, enrolled_on, left_on, 'A51'
  FROM read_parquet(getvariable('facts') || '/enrolments.parquet')
  WHERE program = 'solutions' AND level = 'partner' AND enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')
)
SELECT l.* FROM listed AS l JOIN enrolled AS e ON e.partner_id = l.partner_id AND e.is_enrolled;

-- The lines, sorted by partner. What becomes a line is sorted before it is spread into its lines: two and a half times
-- fewer rows go through the sort, which then fits in memory (the lines themselves, sorted in one go, do not).
COPY (
  WITH sources AS (
    SELECT
      's' AS kind, partner_id, sale_id AS source_id, customer_id, grains, NULL::HUGEINT AS other, counts_from, counts_until,
      amount_minor, currency, motion, market, rate::BIGINT AS rate, 1::BIGINT AS sharers, unit_minor, fact_on, rated_on,
      NULL::VARCHAR AS metric, NULL::VARCHAR AS source_table, NULL::VARCHAR AS clause
    FROM sold
    UNION ALL
    SELECT
      'm', partner_id, customer_id, customer_id, grains, NULL, counts_from, counts_until,
      amount_minor, currency, NULL, market, rate, sharers, unit_minor, fact_on, NULL,
      NULL, NULL, NULL
    FROM managed
    UNION ALL
    SELECT
      'u', partner_id, customer_id, customer_id, tools, NULL, DATE '2026-11-01', DATE '2026-12-01',
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL
    FROM usage
    UNION ALL
    SELECT
      CASE WHEN stays THEN 'k' ELSE 'l' END, partner_id, customer_id, customer_id, paid_then, paid_now, NULL, churned_on,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL
    FROM cohort
    UNION ALL
    SELECT
      'f', partner_id, source_id, NULL, 1, NULL, counts_from, counts_until,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      metric, source_table, clause
    FROM few
  ),
  sorted AS (FROM sources ORDER BY partner_id),
  spread AS (
    SELECT *, unnest(CASE kind
      WHEN 's' THEN CASE motion WHEN 'sourced' THEN [1, 2, 3, 4, 5] ELSE [1, 2, 3, 4] END
      WHEN 'm' THEN [6, 7, 8]
      WHEN 'u' THEN [9]
      WHEN 'k' THEN CASE WHEN grains IS NULL THEN [10, 11] WHEN other IS NULL THEN [10, 11, 12] ELSE [10, 11, 12, 13] END
      WHEN 'l' THEN CASE WHEN grains IS NULL THEN [10] WHEN other IS NULL THEN [10, 12] ELSE [10, 12, 13] END
      ELSE [14]
    END) AS i
    FROM sorted
  )
  SELECT
    partner_id,
    CASE WHEN i = 14 THEN metric ELSE ([
      'sold_mrr', 'sold_points', 'total_points', 'sourced_share', 'sourced_share',
      'managed_mrr', 'managed_points', 'total_points', 'app_usage_median',
      'customer_retention', 'customer_retention', 'revenue_retention', 'revenue_retention'
    ])[i] END AS metric,
    ([
      NULL, NULL, 'sold_points', 'denominator', 'numerator',
      NULL, NULL, 'managed_points', NULL,
      'denominator', 'numerator', 'denominator', 'numerator', NULL
    ])[i] AS part,
    CASE WHEN i = 14 THEN source_table WHEN i <= 5 THEN 'sales' ELSE 'customers' END AS source_table,
    source_id,
    customer_id,
    CAST(CASE
      WHEN i IN (2, 3, 7, 8) THEN grains * rate
      WHEN i IN (10, 11) THEN 1
      WHEN i = 13 THEN least(grains, other)
      ELSE grains
    END AS DECIMAL(38,0)) AS grains,
    counts_from,
    CASE WHEN i NOT IN (10, 12) THEN counts_until END AS counts_until,
    CASE WHEN i = 14 THEN clause ELSE ([
      'C50', 'A69', 'A69', 'A355', 'A355', 'D6', 'A143', 'A143', 'C29', 'A164', 'A164', 'A164', 'A164'
    ])[i] END AS clause,
    amount_minor,
    currency,
    motion,
    CASE WHEN i NOT IN (4, 5) THEN market END AS market,
    CASE WHEN i IN (2, 3, 7, 8) THEN rate END AS rate,
    CASE WHEN i NOT IN (4, 5) THEN sharers END AS sharers,
    CAST(unit_minor AS DECIMAL(38,0)) AS unit_minor,
    fact_on,
    CASE WHEN i IN (2, 3) THEN rated_on END AS rated_on
  FROM spread
) TO (getvariable('out') || '/lines.parquet') (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 61440);

-- The figures, from the same tables.
COPY (
  WITH s AS (
    SELECT partner_id, count(*) AS lines, sum(grains) AS mrr, sum(grains * rate) AS points, sum(grains) FILTER (motion = 'sourced') AS sourced
    FROM sold GROUP BY partner_id
  ),
  m AS (
    SELECT partner_id, count(*) AS lines, sum(grains) AS mrr, sum(grains * rate) AS points FROM managed GROUP BY partner_id
  ),
  u AS (
    SELECT partner_id, count(*) AS lines, list_sort(list(tools)) AS tools FROM usage GROUP BY partner_id
  ),
  k AS (
    SELECT partner_id, count(*) AS customers, count(*) FILTER (stays) AS staying, count(paid_then) AS lines,
      sum(paid_then) AS paid_then, sum(least(paid_then, paid_now)) FILTER (paid_now IS NOT NULL) AS paid_now
    FROM cohort GROUP BY partner_id
  ),
  f AS (
    SELECT partner_id,
      count(*) FILTER (metric = 'team_certifications') AS team_certifications,
      count(*) FILTER (metric = 'partner_level') AS partner_level,
      count(*) FILTER (metric = 'onboarded') AS onboarded,
      count(*) FILTER (metric = 'partner_certifications') AS partner_certifications,
      count(*) FILTER (metric = 'own_subscriptions') AS own_subscriptions,
      count(*) FILTER (metric = 'own_pro_subscriptions') AS own_pro_subscriptions,
      count(*) FILTER (metric = 'invitations') AS invitations,
      count(*) FILTER (metric = 'reviews_passed') AS reviews_passed,
      count(*) FILTER (metric = 'accreditations') AS accreditations,
      count(*) FILTER (metric = 'migration_accreditations') AS migration_accreditations,
      count(*) FILTER (metric = 'software_certifications') AS software_certifications,
      count(*) FILTER (metric = 'implementation_certifications') AS implementation_certifications,
      count(*) FILTER (metric = 'confidentiality_trainings') AS confidentiality_trainings,
      count(*) FILTER (metric = 'crm_accreditations') AS crm_accreditations
    FROM few GROUP BY partner_id
  ),
  wide AS (
    SELECT e.partner_id, unnest([
      {'position': 0, 'metric': 'sold_mrr', 'unit': 'usd', 'lines': s.lines, 'grains': coalesce(s.mrr, 0), 'denominator': 72004833941040000::HUGEINT},
      {'position': 1, 'metric': 'sold_points', 'unit': 'points', 'lines': s.lines, 'grains': coalesce(s.points, 0), 'denominator': 7200483394104000000},
      {'position': 2, 'metric': 'managed_mrr', 'unit': 'usd', 'lines': m.lines, 'grains': coalesce(m.mrr, 0), 'denominator': 72004833941040000},
      {'position': 3, 'metric': 'managed_points', 'unit': 'points', 'lines': m.lines, 'grains': coalesce(m.points, 0), 'denominator': 7200483394104000000},
      {'position': 4, 'metric': 'total_points', 'unit': 'points', 'lines': coalesce(s.lines, m.lines), 'grains': coalesce(s.points, 0) + coalesce(m.points, 0), 'denominator': 7200483394104000000},
      {'position': 5, 'metric': 'app_usage_median', 'unit': 'tools', 'lines': u.lines,
       'grains': CASE WHEN u.lines % 2 = 1 THEN u.tools[u.lines // 2 + 1] ELSE u.tools[u.lines // 2] + u.tools[u.lines // 2 + 1] END, 'denominator': 2 - u.lines % 2},
      {'position': 6, 'metric': 'customer_retention', 'unit': 'share', 'lines': k.customers, 'grains': k.staying, 'denominator': k.customers},
      {'position': 7, 'metric': 'revenue_retention', 'unit': 'share', 'lines': k.lines, 'grains': CASE WHEN k.lines > 0 THEN coalesce(k.paid_now, 0) END, 'denominator': k.paid_then},
      {'position': 8, 'metric': 'sourced_share', 'unit': 'share', 'lines': s.lines, 'grains': CASE WHEN s.lines > 0 THEN coalesce(s.sourced, 0) END, 'denominator': s.mrr},
      {'position': 9, 'metric': 'team_certifications', 'unit': 'count', 'lines': f.team_certifications, 'grains': coalesce(f.team_certifications, 0), 'denominator': 1},
      {'position': 10, 'metric': 'partner_level', 'unit': 'count', 'lines': f.partner_level, 'grains': coalesce(f.partner_level, 0), 'denominator': 1},
      {'position': 11, 'metric': 'onboarded', 'unit': 'count', 'lines': f.onboarded, 'grains': coalesce(f.onboarded, 0), 'denominator': 1},
      {'position': 12, 'metric': 'partner_certifications', 'unit': 'count', 'lines': f.partner_certifications, 'grains': coalesce(f.partner_certifications, 0), 'denominator': 1},
      {'position': 13, 'metric': 'own_subscriptions', 'unit': 'count', 'lines': f.own_subscriptions, 'grains': coalesce(f.own_subscriptions, 0), 'denominator': 1},
      {'position': 14, 'metric': 'own_pro_subscriptions', 'unit': 'count', 'lines': f.own_pro_subscriptions, 'grains': coalesce(f.own_pro_subscriptions, 0), 'denominator': 1},
      {'position': 15, 'metric': 'invitations', 'unit': 'count', 'lines': f.invitations, 'grains': coalesce(f.invitations, 0), 'denominator': 1},
      {'position': 16, 'metric': 'reviews_passed', 'unit': 'count', 'lines': f.reviews_passed, 'grains': coalesce(f.reviews_passed, 0), 'denominator': 1},
      {'position': 17, 'metric': 'accreditations', 'unit': 'count', 'lines': f.accreditations, 'grains': coalesce(f.accreditations, 0), 'denominator': 1},
      {'position': 18, 'metric': 'migration_accreditations', 'unit': 'count', 'lines': f.migration_accreditations, 'grains': coalesce(f.migration_accreditations, 0), 'denominator': 1},
      {'position': 19, 'metric': 'software_certifications', 'unit': 'count', 'lines': f.software_certifications, 'grains': coalesce(f.software_certifications, 0), 'denominator': 1},
      {'position': 20, 'metric': 'implementation_certifications', 'unit': 'count', 'lines': f.implementation_certifications, 'grains': coalesce(f.implementation_certifications, 0), 'denominator': 1},
      {'position': 21, 'metric': 'confidentiality_trainings', 'unit': 'count', 'lines': f.confidentiality_trainings, 'grains': coalesce(f.confidentiality_trainings, 0), 'denominator': 1},
      {'position': 22, 'metric': 'crm_accreditations', 'unit': 'count', 'lines': f.crm_accreditations, 'grains': coalesce(f.crm_accreditations, 0), 'denominator': 1}
    ], recursive := TRUE)
    FROM enrolled AS e
    LEFT JOIN s ON s.partner_id = e.partner_id
    LEFT JOIN m ON m.partner_id = e.partner_id
    LEFT JOIN u ON u.partner_id = e.partner_id
    LEFT JOIN k ON k.partner_id = e.partner_id
    LEFT JOIN f ON f.partner_id = e.partner_id
    WHERE e.is_enrolled
  )
  SELECT
    partner_id,
    metric,
    CAST(grains AS DECIMAL(38,0)) AS grains,
    CASE WHEN grains IS NOT NULL THEN CAST(denominator AS DECIMAL(38,0)) END AS denominator,
    CAST(CAST(grains // denominator * 10000000000 + grains % denominator * 10000000000 // denominator AS DECIMAL(38,0))
      * CAST(0.0000000001 AS DECIMAL(10,10)) AS DECIMAL(38,10)) AS value,
    unit,
    CASE
      WHEN coalesce(lines, 0) = 0 THEN 'no_lines'
      WHEN grains IS NULL THEN 'nothing_to_compare'
      WHEN grains = 0 THEN 'lines_sum_to_zero'
    END AS reason
  FROM wide
  ORDER BY partner_id, position
) TO (getvariable('out') || '/figures.parquet') (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
