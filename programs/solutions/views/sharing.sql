-- How many partners at level partner manage a customer on the day (D9).
SELECT m.customer_id, COUNT(*) AS sharers
FROM managing AS m
GROUP BY m.customer_id
