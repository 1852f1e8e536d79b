-- Partners whose participation level is partner on the day (C4, A51).
SELECT DISTINCT e.partner_id
FROM enrolments AS e
WHERE e.program = $program
  AND e.level = 'partner'
  AND e.enrolled_on <= $on_day
  AND (e.left_on IS NULL OR e.left_on > $on_day)
