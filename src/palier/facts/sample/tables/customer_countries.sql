SELECT
    customer_id,
    CASE part WHEN 0 THEN country ELSE (['US', 'FR', 'BR', 'SG'])[1 + dice('moved to', c, 4)] END AS country,
    CASE part WHEN 0 THEN first_purchased_on ELSE first_purchased_on + 100 END AS effective_from,
    CASE part WHEN 0 THEN CASE WHEN moves THEN first_purchased_on + 100 END END AS effective_until
FROM (
    SELECT
        customers.*,
        dice('moves', c, 100) < 2 AND first_purchased_on + 100 < getvariable('until') AS moves,
        dice('country known', c, 1000) >= 995 AND dice('country found', c, 10) > 0 AS found
    FROM customers
) AS moving
CROSS JOIN range(2) AS parts (part)
WHERE (moves OR found) AND (part = 0 OR moves)
ORDER BY customer_id, part
