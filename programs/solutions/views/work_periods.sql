-- Numbered periods: when an employee's activity on a client counts: from the last of the four steps, until deactivation (D10-14, D54);
-- ends_on is the day on which removal or deletion ends the credit at once (D42-44).
WITH accesses AS (
  SELECT
    a.access_id,
    a.user_id,
    a.customer_id,
    u.partner_id,
    LOWER(SPLIT_PART(u.email, '@', 2)) AS email_domain,
    GREATEST(u.added_on, a.granted_on, COALESCE(a.associated_on, m.associated_on)) AS works_from,
    u.deactivated_on AS works_until,
    LEAST(a.removed_on, u.deleted_on) AS ends_on
  FROM client_access AS a
  JOIN partner_users AS u ON u.user_id = a.user_id
  LEFT JOIN automatic_associations AS m ON m.access_id = a.access_id
  WHERE u.is_partner_employee
    AND a.granted_on IS NOT NULL
    AND (a.associated_on IS NOT NULL OR m.associated_on IS NOT NULL)
),
periods AS (
  SELECT a.access_id, a.user_id, a.customer_id, a.partner_id, a.works_from, a.works_until, a.ends_on
  FROM accesses AS a
  WHERE NOT $domain_required
  UNION ALL
  SELECT
    a.access_id,
    a.user_id,
    a.customer_id,
    a.partner_id,
    GREATEST(a.works_from, d.approved_on) AS works_from,
    LEAST(a.works_until, d.revoked_on) AS works_until,
    a.ends_on
  FROM accesses AS a
  JOIN partner_domains AS d ON d.partner_id = a.partner_id AND LOWER(d.domain) = a.email_domain
  WHERE $domain_required
)
SELECT
  ROW_NUMBER() OVER (ORDER BY p.access_id, p.works_from) AS period,
  p.access_id,
  p.user_id,
  p.customer_id,
  p.partner_id,
  p.works_from,
  p.works_until,
  p.ends_on
FROM periods AS p
