-- Partners by rank: a few large ones, many small ones; how good their work is, and which customers are theirs.
CREATE TABLE partners AS
WITH ranked AS (
    SELECT
        p,
        row_number() OVER (ORDER BY hash('rank', p, getvariable('seed')), p) AS place_in_ladder
    FROM range(getvariable('partners')) AS drawn (p)
),

talents AS (
    SELECT
        p,
        place_in_ladder,
        place_in_ladder <= greatest(6, getvariable('partners') // 50) AS leads,
        dice('technology only', p, 100) < 12 AND NOT leads AS technology_only,
        technology_only OR dice('member', p, 100) < 9 AS member,
        dice('provider', p, 100) < 18 AND NOT leads AND NOT technology_only
        AND place_in_ladder > getvariable('partners') // 4 AS provider,
        CASE
            WHEN technology_only THEN 0
            WHEN provider THEN 20000000 // (place_in_ladder + 2) + 1
            ELSE 100000000 // (place_in_ladder + 2) + 1
        END AS weight,
        CASE
            WHEN leads THEN 5
            WHEN dice('adoption', p, 100) < 12 THEN 2
            ELSE 3 + dice('tools', p, 3)
        END AS tools,
        CASE WHEN leads THEN 5 WHEN dice('care', p, 100) < 15 THEN 22 ELSE 9 END AS churn_per_year,
        dice('own place', p, 1000) AS own_place
    FROM ranked
),

placed AS (
    SELECT
        talents.*,
        sum(weight) OVER (ORDER BY p ROWS UNBOUNDED PRECEDING) AS weight_until,
        sum(weight) OVER () AS weight_of_all
    FROM talents
)

SELECT
    p,
    'P' || lpad(CAST(p + 1 AS VARCHAR), 5, '0') AS partner_id,
    place_in_ladder,
    leads,
    technology_only,
    member,
    CASE
        WHEN member
            THEN row_number() OVER (PARTITION BY member ORDER BY hash('member rank', p, getvariable('seed')), p)
    END AS member_rank,
    provider,
    tools,
    churn_per_year,
    place,
    CAST((placed.weight_until - placed.weight) * getvariable('customers') // weight_of_all AS BIGINT)
        AS first_customer,
    CAST(placed.weight_until * getvariable('customers') // weight_of_all AS BIGINT) - first_customer AS customers,
    CASE WHEN technology_only THEN 1 ELSE 2 + customers // 12 END AS users,
    CASE
        WHEN dice('veteran', p, 100) < 55 THEN DATE '2022-07-18'
        ELSE DATE '2022-07-18' + CAST(dice('enrolled', p, getvariable('days') - 300) AS INTEGER)
    END AS enrolled_on
FROM placed
INNER JOIN places ON own_place >= places.weight_from AND own_place < places.weight_until
ORDER BY p;
