-- The last months of every customer, and the last fourteen of one in ten; in a small sample more than two years of all.
WITH months AS (
    SELECT n, CAST(date_trunc('month', getvariable('until')) - to_months(CAST(n AS INTEGER)) AS DATE) AS month
    FROM range(28) AS numbers (n)
),

used AS (
    SELECT
        c,
        customer_id,
        month,
        (dice('first tool', c, 16) + nth * 3) % 16 AS tool
    FROM customers
    CROSS JOIN months
    CROSS JOIN LATERAL range(tools - CASE WHEN dice2('less', c, n, 10) < 2 THEN 1 ELSE 0 END) AS several (nth)
    WHERE (n < 3 OR (n < 14 AND c % 10 = 0) OR getvariable('customers') <= getvariable('small'))
    AND first_purchased_on < month + 28
    AND (churned_on IS NULL OR churned_on > month)
)

SELECT
    customer_id,
    ([
        'ads', 'contacts', 'contacts_report', 'crm', 'cta', 'email', 'forms', 'landing_pages', 'lists', 'pages_report',
        'reports_addon', 'social_monitoring', 'social_publishing', 'sources_report', 'website_pages', 'workflows'
    ])[1 + tool] AS tool,
    month
FROM used
ORDER BY c, month, tool
