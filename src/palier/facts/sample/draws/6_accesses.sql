-- Who may work in which customer's account, and between which days they do (stop: the first day they do not).
CREATE TABLE accesses AS
WITH assigned AS (
    SELECT ties.c, ties.p, ties.first, 0 AS seat, dice2('user', ties.c, ties.p, partners.users) AS nth
    FROM ties
    INNER JOIN partners ON partners.p = ties.p
    UNION ALL
    SELECT ties.c, ties.p, ties.first, 1, (dice2('user', ties.c, ties.p, partners.users) + 1) % partners.users
    FROM ties
    INNER JOIN partners ON partners.p = ties.p
    WHERE dice2('second', ties.c, ties.p, 100) < 25
),

granted AS (
    SELECT
        assigned.c,
        assigned.p,
        seat,
        users.u,
        user_id,
        customer_id,
        outside,
        greatest(users.added_on, customers.first_purchased_on)
        + CAST(dice2('granted', assigned.c, u, 30) AS INTEGER) AS granted_on,
        least(users.gone_on, customers.churned_on) AS ended_on,
        CASE
            WHEN dice2('removed', assigned.c, u, 100) < 4
                THEN granted_on + CAST(20 + dice2('removed on', assigned.c, u, 500) AS INTEGER)
        END AS removed_on
    FROM assigned
    INNER JOIN users ON users.p = assigned.p AND users.nth = assigned.nth
    INNER JOIN customers ON customers.c = assigned.c
    WHERE granted_on < least(getvariable('until'), ended_on)
),

rows AS (
    SELECT
        granted.* EXCLUDE (removed_on),
        CASE WHEN removed_on <= getvariable('until') THEN removed_on END AS removed_on,
        0 AS restored
    FROM granted
    UNION ALL
    -- Restored access is a new row.
    SELECT
        granted.* EXCLUDE (removed_on)
        REPLACE (removed_on + CAST(10 + dice2('again', c, u, 60) AS INTEGER) AS granted_on),
        NULL,
        1
    FROM granted
    WHERE dice2('restored', c, u, 100) < 45 AND removed_on < getvariable('until') - 80
),

paced AS (
    SELECT
        *,
        dice2('pace', c, u, 100) AS pace,
        dice2('stops', c, u, 100) AS stops,
        getvariable('until') + 1 AS tomorrow
    FROM rows
)

SELECT
    row_number() OVER (ORDER BY c, p, seat, restored) - 1 AS a,
    'X' || lpad(CAST(a + 1 AS VARCHAR), 7, '0') AS access_id,
    user_id,
    customer_id,
    granted_on,
    removed_on,
    CASE
        WHEN outside AND dice2('forgotten', c, u, 100) < 92 THEN granted_on
        WHEN NOT outside AND dice2('by hand', c, u, 100) < 30 THEN granted_on
    END AS associated_on,
    CASE
        WHEN pace < 42 THEN 1
        WHEN pace < 72 THEN 2
        WHEN pace < 91 THEN 4
        WHEN pace < 99 THEN 12
        ELSE 40
    END AS weight,
    least(tomorrow, ended_on, removed_on, CASE
        -- Work that stopped 60 to 89 days ago: credit that ends within the next weeks.
        WHEN stops < 8 THEN tomorrow - 60 - CAST(dice2('stopped', c, u, 29) AS INTEGER)
        WHEN stops < 18 THEN tomorrow - 110 - CAST(dice2('stopped', c, u, 500) AS INTEGER)
    END) AS stop_on
FROM paced
ORDER BY a;
