package dev.kindling.udf.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** The schema file, from which workers in other languages are written. */
class ContractTest {
  @Test
  void anOutputThatIsNoStreamIsAnErrorAndNoQuestionOfMemory() throws Exception {
    try (WorkerProcess worker =
        new WorkerProcess(List.of("sh", "-c", "echo Terminating, with regret.; cat > /dev/null"))) {
      Request row = new Request("any", List.of("1"), null, "1");
      assertThatThrownBy(() -> worker.ask(List.of(row)))
          .isInstanceOf(IOException.class)
          .hasMessage("the worker's output is no Arrow stream");
    }
  }

  @Test
  void theSchemaFileIsWhatIsSpoken() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode file = mapper.readTree(Path.of("../docs/worker-schema.json").toFile());
    assertThat(Schema.fromJSON(file.get("request").toString())).isEqualTo(Contract.REQUEST);
    assertThat(Schema.fromJSON(file.get("response").toString())).isEqualTo(Contract.RESPONSE);
  }
}
