SELECT
    sale_id,
    partner_id,
    customer_id,
    product_line,
    kind,
    motion,
    mrr_minor,
    currency,
    closed_on,
    line_first_sold_on,
    upmarket
FROM deals
ORDER BY d
