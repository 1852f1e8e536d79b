-- One month of work, in the order of its days. Each access has its share of all activities by its pace and days.
WITH months AS (
    SELECT getvariable('month') AS month, CAST(getvariable('month') + INTERVAL 1 MONTH AS DATE) AS next_month
),

worked AS (
    SELECT
        a,
        user_id,
        customer_id,
        greatest(granted_on, month) AS from_day,
        least(stop_on, next_month) - greatest(granted_on, month) AS days,
        weight * (least(stop_on, next_month) - greatest(granted_on, month)) * getvariable('activities') AS share
    FROM accesses
    CROSS JOIN months
    WHERE stop_on > month AND granted_on < next_month AND stop_on > granted_on
),

counted AS (
    SELECT
        worked.* EXCLUDE (share),
        share // getvariable('paces') + CAST(
            dice2('count', a, date_diff('day', DATE '2020-01-01', getvariable('month')), getvariable('paces'))
            < share % getvariable('paces') AS BIGINT
        ) AS times
    FROM worked
),

done AS (
    SELECT
        a,
        user_id,
        customer_id,
        n,
        from_day + CAST(dice2('day', a, key, days) AS INTEGER) AS occurred_on,
        dice2('tool', a, key, 100) AS tool_draw,
        dice2('action', a, key, 100) AS action_draw
    FROM (
        SELECT
            counted.*,
            n,
            date_diff('day', DATE '2020-01-01', getvariable('month')) * 100000 + n AS key
        FROM counted
        CROSS JOIN LATERAL range(times) AS series (n)
    ) AS repeated
)

SELECT
    -- Twelve characters, which DuckDB keeps in place: a letter, the last digit of the year, the month, a number.
    'A' || substr(strftime(getvariable('month'), '%y%m'), 2) || lpad(CAST(row_number() OVER () AS VARCHAR), 8, '0')
        AS activity_id,
    user_id,
    customer_id,
    CASE
        WHEN tool_draw < 22 THEN 'email'
        WHEN tool_draw < 38 THEN 'contacts'
        WHEN tool_draw < 52 THEN 'crm'
        WHEN tool_draw < 62 THEN 'workflows'
        WHEN tool_draw < 70 THEN 'landing_pages'
        WHEN tool_draw < 77 THEN 'forms'
        WHEN tool_draw < 83 THEN 'website_pages'
        WHEN tool_draw < 88 THEN 'lists'
        WHEN tool_draw < 92 THEN 'social_publishing'
        WHEN tool_draw < 95 THEN 'cta'
        WHEN tool_draw < 97 THEN 'ads'
        WHEN tool_draw < 99 THEN 'playbooks'
    END AS tool,
    CASE
        WHEN action_draw < 28 THEN 'edit'
        WHEN action_draw < 48 THEN 'create'
        WHEN action_draw < 58 THEN 'publish'
        WHEN action_draw < 65 THEN 'configure'
        WHEN action_draw < 72 THEN 'interact'
        WHEN action_draw < 88 THEN 'view'
        ELSE 'login'
    END AS action,
    occurred_on
FROM (FROM done ORDER BY occurred_on, a, n) AS ordered
