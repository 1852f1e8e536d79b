-- The apps of technology members and who uses them: one is everywhere, most are in few accounts.
CREATE TABLE apps AS
WITH listed AS (
    SELECT
        p,
        partner_id,
        member_rank,
        nth,
        CASE member_rank
            WHEN 1 THEN 800
            WHEN 2 THEN 300
            WHEN 3 THEN 120
            ELSE 200 // member_rank
        END // (1 + nth * 2) AS reach
    FROM partners
    CROSS JOIN range(3) AS several (nth)
    WHERE member AND (nth = 0 OR dice2('apps', p, nth, 100) < 30)
)

SELECT
    row_number() OVER (ORDER BY p, nth) - 1 AS k,
    'K' || lpad(CAST(k + 1 AS VARCHAR), 5, '0') AS app_id,
    p,
    partner_id,
    member_rank,
    nth,
    reach,
    CASE
        WHEN nth = 0 OR dice2('draft', p, nth, 100) < 90
            -- In the first half of the history, so that the apps have a past.
            THEN DATE '2022-09-15' + CAST(dice2('listed', p, nth, getvariable('days') // 2) AS INTEGER)
    END AS listed_on,
    CASE
        WHEN nth > 0 AND listed_on IS NOT NULL AND dice2('delisted', p, nth, 100) < 15
            THEN getvariable('until') - 120
    END AS delisted_on
FROM listed
ORDER BY k;

CREATE TABLE adoptions AS
WITH drawn AS (
    SELECT k, c, app_id, customer_id, listed_on, delisted_on, first_purchased_on, churned_on
    FROM apps
    INNER JOIN customers ON dice2('adopts', c, k, 1000) < reach
    WHERE reach >= 5
    UNION ALL
    -- Small apps: a few customers each, drawn directly rather than by asking every customer.
    SELECT k, customers.c, app_id, customer_id, listed_on, delisted_on, first_purchased_on, churned_on
    FROM apps
    CROSS JOIN range(30) AS several (nth_user)
    INNER JOIN customers ON customers.c = dice2('user', k, nth_user, getvariable('customers'))
    WHERE reach < 5
),

dated AS (
    SELECT DISTINCT
        *,
        greatest(listed_on, first_purchased_on) + CAST(
            dice2('installed', c, k, CASE WHEN dice2('early', c, k, 100) < 55 THEN 88 ELSE 600 END) AS INTEGER
        ) AS installed_on
    FROM drawn
    WHERE listed_on IS NOT NULL
)

SELECT
    row_number() OVER (ORDER BY installed_on, k, c) - 1 AS i,
    k,
    c,
    app_id,
    customer_id,
    first_purchased_on,
    installed_on,
    least(churned_on, delisted_on, CASE
        WHEN dice2('drops', c, k, 100) < 12 THEN installed_on + CAST(30 + dice2('dropped', c, k, 400) AS INTEGER)
    END) AS dropped_on
FROM dated
WHERE installed_on < least(getvariable('until'), churned_on, delisted_on)
ORDER BY i;
