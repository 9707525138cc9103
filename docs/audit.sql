-- The numbers of 4-weights once more from 3-scores, one row a sample, without Kindling: P-hat and
-- P-hat^-q, the P-hat carried across steps, GARL's c and effective weights, PAFT's counts, the
-- advantages of GRPO, RLOO and MaxRL. Of 4-weights only each example's q is taken, which a schedule may
-- have set.
--
-- Written apart from the pipeline's own expressions, as a check on them: sums are joins and window
-- functions, and every power is taken in logarithms.
--
-- Spark: CREATE TEMPORARY VIEW scores USING parquet OPTIONS (path 'runs/NAME/step-000001/3-scores');
--   and likewise weights from 4-weights and carried from 4-carried of the step before.
-- DuckDB: CREATE VIEW scores AS FROM 'runs/NAME/step-000001/3-scores/*.parquet'; and likewise weights
--   and carried; and, before the query,
--   CREATE MACRO explode(list) AS unnest(list); CREATE MACRO sequence(a, b) AS generate_series(a, b);
--   CREATE MACRO conv(digits, radix, result) AS CAST('0x' || digits AS BIGINT);
-- Both, at step 1 and where objective.carry is 0: CREATE TEMPORARY VIEW carried AS SELECT '' AS
--   example_id, 0e0 AS log_p, 0e0 AS count, 0e0 AS square_count, 0e0 AS effective_sample_size WHERE false;
WITH settings AS (
  SELECT
    'likelihood' AS success,    -- objective.success
    true AS normalize_mq,       -- objective.normalize_mq
    0e0 AS carry,               -- objective.carry
    0 AS resamples,             -- objective.resamples, 0 for M
    17 AS seed,                 -- run.seed
    1 AS step                   -- number in the step's folder
),

exponent AS (
  SELECT example_id, coalesce(q, 0e0) AS q FROM weights
),

-- Faults of the verifier are no evidence about the policy.
evidence AS (
  SELECT
    example_id,
    sample,
    reward,
    CASE
      WHEN success = 'likelihood' THEN log_w
      WHEN verdict = 'CORRECT' THEN 0e0
      ELSE CAST('-Infinity' AS DOUBLE)
    END AS log_w,
    log_w AS log_likelihood,
    CASE WHEN verdict = 'CORRECT' THEN 1e0 ELSE 0e0 END AS is_correct
  FROM scores CROSS JOIN settings
  WHERE verdict NOT IN ('TIMEOUT', 'ERROR')
),

-- w relative to the largest of the example, because w itself may be too small for a double.
largest AS (
  SELECT example_id, max(log_w) AS log_max, max(log_likelihood) AS likelihood_max
  FROM evidence
  GROUP BY example_id
),
weighted AS (
  SELECT
    example_id,
    sample,
    reward,
    log_w,
    log_likelihood,
    is_correct,
    log_max,
    likelihood_max,
    CASE WHEN log_max = CAST('-Infinity' AS DOUBLE) THEN 0e0 ELSE exp(log_w - log_max) END AS w
  FROM evidence JOIN largest USING (example_id)
),

-- log_p_used is the logarithm of the mean of w, the success estimate that the coefficients are made of;
-- log_p_hat that of the mean likelihood, p_verified the share of correct samples.
example AS (
  SELECT
    example_id,
    count(*) AS m,
    sum(w) AS sum_w,
    CASE
      WHEN sum(w) = 0 THEN CAST('-Infinity' AS DOUBLE)
      ELSE max(log_max) + ln(avg(w))
    END AS log_p_used,
    CASE
      WHEN max(likelihood_max) = CAST('-Infinity' AS DOUBLE) THEN max(likelihood_max)
      ELSE max(likelihood_max) + ln(avg(exp(log_likelihood - likelihood_max)))
    END AS log_p_hat,
    avg(is_correct) AS p_verified,
    CASE WHEN sum(w) = 0 THEN 0e0 ELSE power(sum(w), 2) / sum(w * w) END AS effective_sample_size,
    avg(reward) AS mean_reward,
    stddev_samp(reward) AS std_reward
  FROM weighted
  GROUP BY example_id
),

-- Logarithms of sums of w and of w squared: of earlier visits, decayed, and of this one.
sums AS (
  SELECT
    example.example_id,
    m + carry * coalesce(carried.count, 0e0) AS carried_count,
    CASE
      WHEN carried.log_p > CAST('-Infinity' AS DOUBLE) THEN ln(carry) + carried.log_p + ln(carried.count)
      ELSE CAST('-Infinity' AS DOUBLE)
    END AS old_sum,
    CASE
      WHEN carried.log_p > CAST('-Infinity' AS DOUBLE)
        THEN 2 * (ln(carry) + carried.log_p + ln(carried.count)) - ln(carried.effective_sample_size)
      ELSE CAST('-Infinity' AS DOUBLE)
    END AS old_squares,
    CASE WHEN sum_w = 0 THEN log_p_used ELSE log_p_used + ln(m) END AS new_sum,
    CASE WHEN sum_w = 0 THEN log_p_used ELSE 2 * (log_p_used + ln(m)) - ln(example.effective_sample_size) END
      AS new_squares
  FROM example
  CROSS JOIN settings
  LEFT JOIN carried ON carried.example_id = example.example_id
  WHERE carry > 0
),
carried_now AS (
  SELECT
    example_id,
    carried_count,
    CASE
      WHEN greatest(old_sum, new_sum) = CAST('-Infinity' AS DOUBLE) THEN old_sum
      ELSE greatest(old_sum, new_sum) + ln(1 + exp(least(old_sum, new_sum) - greatest(old_sum, new_sum)))
        - ln(carried_count)
    END AS carried_log_p,
    CASE
      WHEN greatest(old_sum, new_sum) = CAST('-Infinity' AS DOUBLE) THEN 0e0
      ELSE exp(
        2 * (greatest(old_sum, new_sum)
          + ln(1 + exp(least(old_sum, new_sum) - greatest(old_sum, new_sum))))
        - greatest(old_squares, new_squares)
        - ln(1 + exp(least(old_squares, new_squares) - greatest(old_squares, new_squares))))
    END AS carried_sample_size
  FROM sums
),

-- Means over the other samples of the example: the leave-one-out baselines.
others AS (
  SELECT mine.example_id, mine.sample, avg(other.w) AS w, avg(other.reward) AS reward
  FROM weighted AS mine
  JOIN weighted AS other ON other.example_id = mine.example_id AND other.sample <> mine.sample
  GROUP BY mine.example_id, mine.sample
),

-- PAFT draws with replacement: draw k falls on the sample whose stretch of the cumulative w holds it.
stretch AS (
  SELECT
    example_id,
    sample,
    sum(w) OVER (
      PARTITION BY example_id ORDER BY sample ROWS UNBOUNDED PRECEDING) AS cumulative_w
  FROM weighted
),
bounded AS (
  SELECT
    example_id,
    sample,
    coalesce(lag(cumulative_w) OVER (PARTITION BY example_id ORDER BY sample), 0e0) AS lower_w,
    cumulative_w AS upper_w,
    max(cumulative_w) OVER (PARTITION BY example_id) AS all_w
  FROM stretch
),
numbered AS (
  SELECT example_id, explode(sequence(1, CASE WHEN resamples = 0 THEN m ELSE resamples END)) AS k
  FROM example CROSS JOIN settings
),
draw AS (
  SELECT
    example_id,
    CAST(conv(substr(md5(concat_ws('/', seed, step, example_id, k)), 1, 13), 16, 10) AS DOUBLE)
      / 4503599627370496e0 AS uniform
  FROM numbered CROSS JOIN settings
),
drawn AS (
  SELECT bounded.example_id, bounded.sample, count(*) AS draws
  FROM bounded
  JOIN draw
    ON draw.example_id = bounded.example_id
    AND uniform * all_w >= lower_w
    AND uniform * all_w < upper_w
  GROUP BY bounded.example_id, bounded.sample
),

-- What amplifies is P-hat^-q, of the carried P-hat where there is one. Logarithms: of w P-hat^-q, and of
-- what the others' mean of w makes in its place, their own P-hat^(1-q) unless it is carried.
logs AS (
  SELECT
    example_id,
    sample,
    CASE WHEN normalize_mq THEN q * ln(m) ELSE 0e0 END AS log_mq,
    coalesce(carried_log_p, log_p_used) AS log_p,
    CASE WHEN sum_w = 0 THEN log_p_used ELSE log_w - q * coalesce(carried_log_p, log_p_used) END
      AS log_amplified,
    CASE
      WHEN m = 1 OR sum_w = 0 THEN CAST('-Infinity' AS DOUBLE)
      WHEN q = 1 AND carried_log_p IS NULL THEN 0e0
      WHEN others.w = 0 THEN CAST('-Infinity' AS DOUBLE)
      ELSE log_max + ln(others.w) - q * coalesce(carried_log_p, log_max + ln(others.w))
    END AS log_baseline
  FROM weighted
  JOIN example USING (example_id)
  JOIN exponent USING (example_id)
  LEFT JOIN carried_now USING (example_id)
  LEFT JOIN others USING (example_id, sample)
  CROSS JOIN settings
)

SELECT
  example_id,
  sample,
  log_likelihood AS log_w,
  m,
  exp(log_p_hat) AS p_hat,
  log_p_hat,
  p_verified,
  CASE WHEN p_verified = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE ln(p_verified) END AS log_p_verified,
  CASE
    WHEN q = 0 THEN 1e0
    WHEN log_p = CAST('-Infinity' AS DOUBLE) THEN CAST('Infinity' AS DOUBLE)
    ELSE exp(-q * log_p)
  END AS amplification,
  effective_sample_size,
  carried_log_p,
  carried_count,
  carried_sample_size,
  exp(log_amplified - log_mq) - exp(log_baseline - log_mq) AS garl_rationale_coef,
  exp(log_amplified - log_mq) AS garl_answer_coef,
  coalesce(draws, 0) AS paft_resampled,
  CASE
    WHEN draws IS NULL THEN 0e0
    ELSE draws * exp(log_p_used - q * log_p - log_mq)
      * m / CASE WHEN resamples = 0 THEN m ELSE resamples END
  END AS paft_coef,
  CASE
    WHEN m = 1 THEN weighted.reward / (1e0 + 1e-6)
    ELSE (weighted.reward - mean_reward) / (std_reward + 1e-6)
  END AS grpo_advantage,
  weighted.reward - coalesce(others.reward, 0e0) AS rloo_advantage,
  (weighted.reward - mean_reward) / (mean_reward + 1e-6) AS maxrl_advantage
FROM weighted
JOIN example USING (example_id)
JOIN exponent USING (example_id)
JOIN logs USING (example_id, sample)
LEFT JOIN carried_now USING (example_id)
LEFT JOIN others USING (example_id, sample)
LEFT JOIN drawn USING (example_id, sample)
CROSS JOIN settings
ORDER BY example_id, sample
