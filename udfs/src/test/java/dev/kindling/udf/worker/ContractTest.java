package dev.kindling.udf.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** The schema file, from which workers in other languages are written. */
class ContractTest {
  @Test
  void theSchemaFileIsWhatIsSpoken() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode file = mapper.readTree(Path.of("../docs/worker-schema.json").toFile());
    assertThat(Schema.fromJSON(file.get("request").toString())).isEqualTo(Contract.REQUEST);
    assertThat(Schema.fromJSON(file.get("response").toString())).isEqualTo(Contract.RESPONSE);
  }
}
