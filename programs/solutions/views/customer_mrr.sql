-- The MRR of customers that have not churned by the day.
SELECT m.customer_id, m.currency, m.mrr_minor
FROM monthly_mrr AS m
JOIN customers AS c ON c.customer_id = m.customer_id
WHERE c.churned_on IS NULL OR c.churned_on > $on_day
