package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import org.junit.jupiter.api.Test;

/** Paths as users write them. */
class UserPathTest {
  @Test
  void aPasswordIsRefusedWithoutBeingToldOn() {
    assertThatThrownBy(() -> UserPath.of("s3a://AKIA7:hunter2@bucket/runs"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid path: s3a://…@bucket/runs (must not have a password: give it to the file system"
                + " by Spark's configuration or a credential provider)");
  }

  @Test
  void aUserWithoutOneIsPartOfTheAddress() {
    assertThat(UserPath.of("abfs://container@account.dfs.core.windows.net/runs").toUri().getHost())
        .isEqualTo("account.dfs.core.windows.net");
  }

  @Test
  void colonsAndAtSignsOfLocalNamesAreLettersLikeOthers() {
    assertThat(UserPath.of("runs/a:b@c").toUri().getPath()).isEqualTo("runs/a:b@c");
    assertThat(UserPath.of("hdfs://host:9000/a:b@c/d").toUri().getPath()).isEqualTo("/a:b@c/d");
  }
}
