-- Customers with a live sold or managed line of the partner on the day (C29: the union of both).
SELECT s.partner_id, s.customer_id FROM sold AS s
UNION
SELECT m.partner_id, m.customer_id FROM managed AS m
