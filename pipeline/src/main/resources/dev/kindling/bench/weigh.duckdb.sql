-- 3-scores to 4-weights as DuckDB does it fastest: samples in their order, sums by lists; without the
-- checks of the stage, and without its care for a sample that dominates the others.
COPY (
WITH l AS (SELECT example_id, sample, verdict, reward, log_w FROM read_parquet('${scores}/*.parquet')),
e AS (SELECT example_id, max(log_w) AS log_max, count(*) AS m,
   count_if(verdict='CORRECT') AS correct, count_if(verdict='WRONG') AS wrong, count_if(verdict='UNPARSEABLE') AS unparseable, count_if(verdict='TIMEOUT') AS timeout, count_if(verdict='ERROR') AS error, min(reward)=max(reward) AS rewards_are_equal,
   list({'s': sample, 'l': log_w}) AS e0 FROM l GROUP BY example_id),
so AS (SELECT *, list_sort(e0) AS e FROM e),
r AS (SELECT *, list_transform(e, lambda x: exp(x.l - log_max)) AS rw FROM so),
s AS (SELECT *, list_sum(rw) AS sum_w, list_sum(list_transform(rw, lambda x: x*x)) AS ssq FROM r)
SELECT example_id, m AS rollouts, correct, wrong, unparseable, timeout, error,
 'likelihood' AS success, exp(log_max + ln(sum_w/m)) AS p_hat, (log_max + ln(sum_w/m)) AS log_p_hat, correct/m AS p_verified, CASE WHEN correct > 0 THEN ln(correct/m) ELSE CAST('-Infinity' AS DOUBLE) END AS log_p_verified, 0.75e0 AS q, (exp(-0.75e0*(log_max + ln(sum_w/m)))) AS amplification,
 (sum_w*sum_w/ssq) AS effective_sample_size, rewards_are_equal, list_transform(e, lambda x: x.s) AS samples, list_transform(e, lambda x: x.l) AS log_w,
 list_transform(rw, lambda x: exp(0.25e0*log_max) / power(m, 0.75e0) * (x * power(sum_w/m, -0.75e0) - power((sum_w - x)/(m-1), 0.25e0))) AS rationale_coefs,
 list_transform(rw, lambda x: exp(0.25e0*log_max) / power(m, 0.75e0) * (x * power(sum_w/m, -0.75e0))) AS answer_coefs, 'gold' AS answer_source
FROM s
) TO '${weights}' (FORMAT parquet, COMPRESSION zstd)
