-- The draws: a number from 0 to sides - 1, fixed by the seed, by what it is drawn for and for whom.
-- The outer hash matters: the hash of several values merely combines their bits, so that draws for one customer
-- would follow one another.
CREATE MACRO dice(salt, whose, sides) AS
    CAST(hash(hash(salt, CAST(whose AS BIGINT), getvariable('seed'))) % CAST(sides AS UBIGINT) AS BIGINT);

CREATE MACRO dice2(salt, whose, which, sides) AS
    CAST(
        hash(hash(salt, CAST(whose AS BIGINT), CAST(which AS BIGINT), getvariable('seed'))) % CAST(sides AS UBIGINT)
        AS BIGINT
    );
