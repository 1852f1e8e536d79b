-- The solutions program on 2026-11-20, as a careful data engineer would write it for this one day: constants in place,
-- nothing checked, nothing general. handwritten.py binds the folders and runs the statements one after another.

-- The people: who is enrolled, who is at level partner, on the day and a year before.
CREATE TEMP TABLE enrolled AS
SELECT
  partner_id,
  bool_or(level = 'partner' AND enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')) AS is_partner,
  bool_or(enrolled_on <= DATE '2026-11-20' AND (left_on IS NULL OR left_on > DATE '2026-11-20')) AS is_enrolled,
  bool_or(level = 'partner' AND enrolled_on <= DATE '2025-11-20' AND (left_on IS NULL OR left_on > DATE '2025-11-20')) AS was_partner
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
  'AE AG AI AL AM AO AR AW AZ BA BB BD BF BG BH BJ BL BM BN BO BQ BR BS BV BW BY BZ CD CG CI CL CM CN CO CR CU CV CW CY CZ '
  'DM DO DZ EC EE EG FK GA GD GE GF GH GL GN GP GQ GR GS GT GY HK HN HR HT HU ID IL IN IQ JM JO KE KH KN KR KW KY LA LB LC '
  'LK LR LS LT LV MA MD ME MF MG MK ML MM MN MQ MR MS MU MV MW MX MY MZ NA NE NG NI NP OM PA PE PH PK PL PM PS PY QA RE RO '
  'RS RU RW SA SC SG SH SI SK SL SN SO SR SV SX SZ TC TG TH TL TN TR TT TW TZ UA UG UY VC VE VG VN YE YT ZA ZM ZW', ' ')) AS country);
