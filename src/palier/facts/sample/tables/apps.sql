SELECT
    app_id,
    partner_id,
    (['Sync', 'Connect', 'Flow', 'Insight', 'Bridge', 'Signal'])[1 + dice('app name', k, 6)]
    || ' ' || CAST(k + 1 AS VARCHAR) AS name,
    listed_on,
    delisted_on
FROM apps
ORDER BY k
