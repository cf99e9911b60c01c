WITH placed AS (
  SELECT device, CAST(cell AS BIGINT) >> 8 AS cell,
         CAST(step AS BIGINT) // 4 - 492240 AS step
  FROM snapshot
  WHERE step >= 1968960 AND step < 1968984
    AND cell >= 633196018432 AND cell <= 633196041727
), touched AS (
  SELECT device, cell * 262144 + step AS pair, CAST(1 AS BIGINT) AS weight
  FROM placed
  WHERE (cell & 1431655765) BETWEEN 289752145 AND 289752149
    AND (cell & 2863311530) BETWEEN 2183669802 AND 2183669888
  GROUP BY device, pair
), seeded AS (
  SELECT device, pair, weight,
         (CAST(device % 2147483647 AS BIGINT) * 1496881604 + (pair >> 38) * 1122945861
          + ((pair >> 18) & 1048575) * 593925616 + (pair & 262143) * 1678184452 + 1984426230) % 2147483647 AS seed
  FROM touched
), squared AS (
  SELECT device, pair, weight, seed, seed * seed % 2147483647 AS square
  FROM seeded
), mixed AS (
  SELECT device, pair * 8 + weight AS load,
         square * square % 2147483647 * seed % 2147483647 * 4294967296 + (pair & 4294967295) AS mix
  FROM squared
), kept AS (
  SELECT UNNEST(MIN_BY(load, mix, 4)) AS load
  FROM mixed
  GROUP BY device
)
SELECT load >> 21 AS cell, ((load >> 3) & 262143) + 492240 AS step,
       CAST(SUM(load & 7) AS BIGINT) AS count
FROM kept
GROUP BY cell, step
