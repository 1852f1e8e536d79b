SELECT
    'R' || lpad(CAST(row_number() OVER (ORDER BY published_on, i) AS VARCHAR), 6, '0') AS review_id,
    app_id,
    customer_id,
    stars,
    published_on,
    CASE WHEN dice('withdrawn', i, 100) < 2 THEN published_on + 100 END AS withdrawn_on
FROM (
    SELECT
        i,
        app_id,
        customer_id,
        CASE
            WHEN dice('stars', i, 100) < 45 THEN 5
            WHEN dice('stars', i, 100) < 78 THEN 4
            ELSE 1 + dice('low', i, 3)
        END AS stars,
        installed_on + CAST(20 + dice('reviewed', i, 300) AS INTEGER) AS published_on,
        row_number() OVER (PARTITION BY k ORDER BY hash('reviewer', i, getvariable('seed')), i) AS nth
    FROM adoptions
    WHERE installed_on + CAST(20 + dice('reviewed', i, 300) AS INTEGER) <= getvariable('until')
) AS written
WHERE nth <= 40 AND (nth <= 12 OR dice('writes', i, 10) < 3)
ORDER BY published_on, i
