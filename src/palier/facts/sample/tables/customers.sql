SELECT
    customer_id,
    ([
        'Maison', 'Acme', 'Orion', 'Casa', 'Nova', 'Pacific', 'Terra', 'Globe', 'Alba', 'Kappa', 'Soleil', 'Union'
    ])[1 + dice('name', c, 12)]
    || ' '
    || ([
        'Foods', 'Santé', 'Energy', 'Textil', 'Travel', 'Finance', 'Auto', 'Media', 'Retail'
    ])[1 + dice('trade', c, 9)]
    || ' ' || CAST(c AS VARCHAR) AS name,
    lower(customer_id) || '.example' AS domain,
    -- Of a few customers only customer_countries knows the country, of very few nobody does.
    CASE WHEN dice('country known', c, 1000) < 995 THEN country END AS country,
    first_purchased_on,
    churned_on
FROM customers
ORDER BY customer_id
