package dev.kindling.row;

/**
 * One example's success estimate and the coefficients it gives to its samples.
 *
 * <p>Arrays run over {@code samples}, which holds the samples that are evidence (no verifier fault)
 * in ascending order. Coefficients are of the *reward* (larger is better) before the division by
 * group and batch sizes; the batch stage makes them coefficients of the loss.
 *
 * @param exampleId id of the prompt
 * @param rollouts M, the number of samples that are evidence
 * @param correct count of {@code CORRECT}
 * @param wrong count of {@code WRONG}
 * @param unparseable count of {@code UNPARSEABLE}
 * @param timeout count of {@code TIMEOUT}, left out of every estimate
 * @param error count of {@code ERROR}, left out of every estimate
 * @param success which of the two estimates the coefficients are made of, {@literal "likelihood"}
 *     or {@literal "verified"}
 * @param pHat P̂ by likelihood, the mean of p(y*|x,z) over the samples, whichever estimate is used;
 *     may underflow to 0, see {@code logPHat}
 * @param logPHat its logarithm in nats; negative infinity when every likelihood is 0
 * @param pVerified P̂ by verdicts, the share of samples that are correct, whichever estimate is
 *     used
 * @param logPVerified its logarithm in nats; negative infinity when none is correct
 * @param q exponent of the J_Q family; null for objectives outside it
 * @param amplification P̂^-q, of the P̂ that is used, carried where there is one; null when q is
 * @param effectiveSampleSize (Σw)²/Σw² under the estimate used, between 1 and M; 0 when every w is
 *     0
 * @param rewardsAreEqual whether all samples have one reward, after shaping
 * @param carriedLogP log P̂ carried across steps, this one's samples included, in nats; null unless
 *     the objective carries it
 * @param carriedCount see {@link CarriedRow}; null likewise
 * @param carriedSquareCount see {@link CarriedRow}; null likewise
 * @param carriedSampleSize effective sample size of the carried estimate; null likewise
 * @param samples sample indices
 * @param logW log p(y*|x,z) of each sample
 * @param resampled PAFT's count of how often each sample was drawn; null for other objectives
 * @param rationaleCoefs coefficient of each sample on log p(z|x)
 * @param answerCoefs coefficient of each sample on log p(y|x,z)
 * @param answerSource which answer y is: {@literal "gold"} (y*) or {@literal "sampled"} (ŷ)
 */
public record WeightRow(
    String exampleId,
    int rollouts,
    int correct,
    int wrong,
    int unparseable,
    int timeout,
    int error,
    String success,
    double pHat,
    double logPHat,
    double pVerified,
    double logPVerified,
    Double q,
    Double amplification,
    double effectiveSampleSize,
    boolean rewardsAreEqual,
    Double carriedLogP,
    Double carriedCount,
    Double carriedSquareCount,
    Double carriedSampleSize,
    int[] samples,
    double[] logW,
    int[] resampled,
    double[] rationaleCoefs,
    double[] answerCoefs,
    String answerSource) {}
