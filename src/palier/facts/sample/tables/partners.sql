SELECT
    partner_id,
    ([
        'Atelier', 'North', 'Blue', 'Studio', 'Delta', 'Rivage', 'Open', 'Prime', 'Lumen', 'Vertex'
    ])[1 + dice('name', p, 10)]
    || ' '
    || ([
        'Growth', 'Digital', 'Conseil', 'Partners', 'Works', 'Media', 'Systems', 'Lab'
    ])[1 + dice('last name', p, 8)]
    || ' ' || CAST(p + 1 AS VARCHAR) AS name,
    country,
    currency AS payment_currency
FROM partners
INNER JOIN places ON places.place = partners.place
ORDER BY p
