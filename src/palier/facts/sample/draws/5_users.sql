-- The people of the partners: on the partner's domain or not, some of them gone.
CREATE TABLE users AS
SELECT
    row_number() OVER (ORDER BY p, nth) - 1 AS u,
    'U' || lpad(CAST(u + 1 AS VARCHAR), 6, '0') AS user_id,
    p,
    nth,
    partners.partner_id,
    dice2('outside', p, nth, 100) < 15 AS outside,
    nth < 2 OR dice2('employee', p, nth, 100) < 96 AS employee,
    partners.enrolled_on + CAST(
        CASE WHEN nth < 2 THEN 3 ELSE dice2('added', p, nth, getvariable('until') - partners.enrolled_on - 40) END
        AS INTEGER
    ) AS added_on,
    CASE
        WHEN nth > 1 AND dice2('leaves', p, nth, 100) < 7
            THEN getvariable('until') - CAST(dice2('left', p, nth, 400) AS INTEGER)
    END AS gone_on,
    dice2('deleted', p, nth, 2) = 0 AS deleted
FROM partners
CROSS JOIN LATERAL range(partners.users) AS people (nth)
ORDER BY u;
