package dev.kindling.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.GoldenModel;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.RopeScaling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes as transformers spells them, and everything that the engine does not compute. */
class ModelConfigFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everySpellingOfTheFourFamiliesIsRead() throws IOException {
    assertThat(GoldenModel.of("llama3-tiny").open().shape())
        .isEqualTo(
            new ModelConfig(
                592,
                96,
                2,
                6,
                2,
                16, // 96 / 6
                192,
                512,
                500_000,
                new RopeScaling(8, 1, 4, 32),
                1e-5,
                false,
                false,
                false));
    assertThat(GoldenModel.of("mistral-tiny").open().shape())
        .isEqualTo(
            new ModelConfig(
                592, 64, 2, 4, 1, 16, 144, 512, 1e6, RopeScaling.NONE, 1e-6, false, false, false));
    assertThat(GoldenModel.of("qwen2-tiny").open().shape())
        .isEqualTo(
            new ModelConfig(
                600, 64, 2, 4, 2, 16, 128, 512, 1e6, RopeScaling.NONE, 1e-6, false, true, true));
    assertThat(GoldenModel.of("qwen3-tiny").open().shape())
        .isEqualTo(
            new ModelConfig(
                608, 64, 2, 4, 2, 32, 160, 512, 1e6, RopeScaling.NONE, 1e-6, true, false, true));
    assertThat(GoldenModel.of("qwen3-tiny-bf16-sharded").open().shape())
        .isEqualTo(
            new ModelConfig(
                640, 64, 3, 8, 2, 16, 128, 512, 1e6, RopeScaling.NONE, 1e-6, true, false, false));
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void theShapeHasTheParametersOfTheGoldenGradient(GoldenModel model) throws IOException {
    JsonNode gradient = model.golden().at("/gradient/tensors");
    assertThat(WeightManifest.of(ParameterLayout.of(model.open().shape())).tensors())
        .hasSize(gradient.size())
        .allSatisfy(
            tensor ->
                assertThat(GoldenModel.ints(gradient.at("/" + tensor.name() + "/shape")))
                    .isEqualTo(tensor.shape().stream().mapToInt(Long::intValue).toArray()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // transformers' LlamaConfig, MistralConfig, Qwen2Config and Qwen3Config without arguments
        "llama   | 2048   | 32 | 128",
        "mistral | 131072 | 8  | 128",
        "qwen2   | 32768  | 32 | 128",
        "qwen3   | 32768  | 32 | 128",
      })
  void whatAFileLeavesOutIsWhatTransformersTakes(
      String type, int positions, int kvHeads, int headDim) {
    ModelConfig shape =
        parse(
            ("{'model_type':'%s','vocab_size':9,'hidden_size':4096,'num_attention_heads':32,"
                    + "'num_hidden_layers':1,'intermediate_size':8,'sliding_window':null}")
                .formatted(type));
    assertThat(shape.maxPositions()).isEqualTo(positions);
    assertThat(shape.kvHeads()).isEqualTo(kvHeads);
    assertThat(shape.headDim()).isEqualTo(headDim);
    assertThat(shape.ropeTheta()).isEqualTo(10_000);
    assertThat(shape.normEps()).isEqualTo(1e-6);
    assertThat(shape.tiedHead()).isFalse();
    assertThat(shape.qkNorm()).isEqualTo(type.equals("qwen3"));
    assertThat(shape.qkvBias()).isEqualTo(type.equals("qwen2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // 256 / 2 heads are 128 wide; the base has one key head, no rope keys
        "{'head_dim':null} | 1 | 128 | 10000 | 1",
        "{'head_dim':64} | 1 | 64 | 10000 | 1",
        "{'num_key_value_heads':null} | 2 | 128 | 10000 | 1",
        "{'rope_theta':1,'rope_parameters':{'rope_theta':5e5,'rope_type':'default'}} | 1 | 128 | 500000 | 1",
        "{'rope_theta':5e5,'rope_scaling':{'type':'default'}} | 1 | 128 | 500000 | 1",
        "{'rope_theta':5e5,'rope_parameters':null} | 1 | 128 | 500000 | 1",
        "{'rope_theta':9,'rope_scaling':{'type':'llama3','factor':4,'low_freq_factor':1,'high_freq_factor':2,'original_max_position_embeddings':64}} | 1 | 128 | 9 | 4",
        "{'rope_parameters':{'rope_theta':9,'rope_type':'llama3','factor':4,'low_freq_factor':1,'high_freq_factor':2,'original_max_position_embeddings':64}} | 1 | 128 | 9 | 4",
      })
  void spellingsThatMeanTheSame(String patch, int kvHeads, int headDim, double theta, double factor)
      throws IOException {
    ModelConfig shape = parse(patched(patch));
    assertThat(shape.kvHeads()).isEqualTo(kvHeads);
    assertThat(shape.headDim()).isEqualTo(headDim);
    assertThat(shape.ropeTheta()).isEqualTo(theta);
    assertThat(shape.ropeScaling().factor()).isEqualTo(factor);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'model_type':'gemma2'} | model_type in here: gemma2 (must be one of llama, mistral, qwen2, qwen3)",
        "{'model_type':null} | model_type in here: missing (must be one of llama, mistral, qwen2, qwen3)",
        "{'architectures':['LlamaForSequenceClassification']} | architectures in here: [\"LlamaForSequenceClassification\"] (must be [\"LlamaForCausalLM\"] with model_type llama)",
        "{'auto_map':{'AutoModel':'evil.Model'}} | auto_map in here: {\"AutoModel\":\"evil.Model\"} (must be absent: code of a model folder is never run)",
        "{'quantization_config':{'bits':4}} | quantization_config in here: {\"bits\":4} (must be absent: only F32, F16 and BF16 weights are read)",
        "{'hidden_act':'gelu'} | hidden_act in here: gelu (must be silu)",
        "{'attention_bias':true} | attention_bias in here: true (must be false: it also biases the output of the attention)",
        "{'mlp_bias':true} | mlp_bias in here: true (must be false)",
        "{'partial_rotary_factor':0.5} | partial_rotary_factor in here: 0.5 (must be 1)",
        "{'rope_parameters':{'partial_rotary_factor':0.5}} | partial_rotary_factor in here: 0.5 (must be 1)",
        "{'sliding_window':2047} | sliding_window in here: 2047 (must be null, use_sliding_window false in a Qwen model, or >= the longest sequence, 2048 (model.max_positions): attention is full)",
        "{'model_type':'mistral','architectures':null} | sliding_window in here: missing (must be null, or >= the longest sequence, 131072 (model.max_positions): MistralForCausalLM takes 4096 where it is left out)",
        "{'model_type':'mistral','architectures':null,'sliding_window':8,'use_sliding_window':false} | sliding_window in here: 8 (must be null",
        "{'model_type':'qwen2','architectures':null,'sliding_window':8,'use_sliding_window':true} | sliding_window in here: 8 (must be null",
        "{'sliding_window':'9999'} | sliding_window in here: 9999 (must be an integer)",
        "{'layer_types':['full_attention','chunked_attention'],'sliding_window':2048} | layer_types in here: [\"full_attention\",\"chunked_attention\"] (must all be full_attention)",
        "{'layer_types':['full_attention','sliding_attention']} | layer_types in here: [\"full_attention\",\"sliding_attention\"] (must all be full_attention)",
        "{'rope_scaling':{'rope_type':'yarn','factor':4}} | rope_type in here: yarn (must be default or llama3)",
        "{'rope_scaling':{'type':'linear','factor':4}} | type in here: linear (must be default or llama3)",
        "{'rope_parameters':{'rope_type':'dynamic'}} | rope_type in here: dynamic (must be default or llama3)",
        "{'rope_parameters':{'rope_type':'default'},'rope_scaling':{'rope_type':'llama3'}} | rope_scaling in here: {\"rope_type\":\"llama3\"} (must be absent or equal to rope_parameters)",
        "{'rope_scaling':{'rope_type':'llama3','factor':8}} | low_freq_factor in here: missing (must be a finite number)",
        "{'rope_scaling':7} | rope_scaling in here: 7 (must be an object or null)",
        "{'rope_theta':'1e6'} | rope_theta in here: 1e6 (must be a finite number)",
        "{'hidden_size':'256'} | hidden_size in here: 256 (must be an integer)",
        "{'vocab_size':null} | vocab_size in here: null (must be an integer)",
        "{'num_attention_heads':0} | num_attention_heads in here: 0 (must be >= 1)",
        "{'tie_word_embeddings':1} | tie_word_embeddings in here: 1 (must be true or false)",
      })
  void whatTheEngineDoesNotComputeIsRefused(String patch, String message) throws IOException {
    assertThatThrownBy(() -> parse(patched(patch)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'sliding_window':2048}",
        "{'model_type':'mistral','architectures':null,'max_position_embeddings':4096}",
        "{'model_type':'qwen3','architectures':null,'max_position_embeddings':64,'sliding_window':64,'use_sliding_window':true,'layer_types':['full_attention','sliding_attention']}",
      })
  void aWindowThatNoSequenceOutgrowsChangesNothing(String patch) throws IOException {
    assertThat(parse(patched(patch)).layers()).isEqualTo(2);
  }

  @Test
  void aShapeThatNoTransformerHasNamesTheFileAndEveryRule() throws IOException {
    assertThatThrownBy(() -> parse(patched("{'head_dim':7,'intermediate_size':0}")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot read here: Invalid model.head_dim: 7 (must be even and >= 2)\n"
                + "Invalid model.intermediate: 0 (must be >= 1)");
  }

  @Test
  void moreLayersThanAnyModelHasAreRefusedBeforeTheyAreLaidOut() throws IOException {
    assertThatThrownBy(() -> parse(patched("{'num_hidden_layers':100000}")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read here: Invalid model.layers: 100000 (must be in [1, 1000])");
  }

  @Test
  void whatIsNoJsonObjectIsRefused() {
    assertThatThrownBy(() -> parse("[]")).hasMessage("Cannot read here: it is not a JSON object");
    assertThatThrownBy(() -> parse("{"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read here: ");
  }

  @Property(tries = 100)
  void aPolicysOwnFileReadsBackAsItsShape(
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 0, max = 2) int family,
      @ForAll boolean scaled,
      @ForAll boolean tied) {
    RopeScaling scaling = scaled ? new RopeScaling(8, 1, 4, 32) : RopeScaling.NONE;
    ModelConfig shape =
        new ModelConfig(
            9, 8, 2, 6, kvHeads, 4, 12, 32, 12345.5, scaling, 1e-5, family == 1, family == 2, tied);
    assertThat(ModelConfigFile.parse(ModelConfigFile.json(shape), "here")).isEqualTo(shape);
  }

  @Test
  void itsNumbersHaveTheFewestDigitsWhateverTheJava() {
    // Nearest to 10^23, which no double is.
    double theta = Double.parseDouble("1e23");
    ModelConfig shape =
        new ModelConfig(
            9, 8, 2, 2, 2, 4, 12, 32, theta, RopeScaling.NONE, 0x1p-44, false, false, true);
    assertThat(new String(ModelConfigFile.json(shape), StandardCharsets.UTF_8))
        .contains("\"rope_theta\" : 1.0E23,", "\"rms_norm_eps\" : 5.684341886080802E-14,");
  }

  @Test
  void aShapeOfNoFamilyHasNoFile() {
    ModelConfig both =
        new ModelConfig(9, 8, 2, 2, 2, 4, 12, 32, 1e4, RopeScaling.NONE, 1e-5, true, true, true);
    assertThatThrownBy(() -> ModelConfigFile.json(both))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid model: q/k norms and q/k/v biases (must not have both: no family of models has)");
  }

  private static ModelConfig parse(String json) {
    return ModelConfigFile.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "here");
  }

  /** A Llama's file with some keys replaced. */
  private static String patched(String patch) throws IOException {
    String base =
        "{'architectures':['LlamaForCausalLM'],'model_type':'llama','vocab_size':9,"
            + "'hidden_size':256,'num_attention_heads':2,'num_hidden_layers':2,"
            + "'num_key_value_heads':1,'intermediate_size':8}";
    ObjectNode node = (ObjectNode) JSON.readTree(base.replace('\'', '"'));
    node.setAll((ObjectNode) JSON.readTree(patch.replace('\'', '"')));
    return node.toString();
  }
}
