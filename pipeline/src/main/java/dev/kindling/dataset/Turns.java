package dev.kindling.dataset;

import dev.kindling.check.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation up to where the policy's turn begins.
 *
 * @param history the turns before the last; empty where there is one
 * @param prompt the last one, the user's
 */
public record Turns(List<Message> history, String prompt) {
  private static final String USER = "user";

  /** Keeps its own copy. */
  public Turns {
    history = List.copyOf(history);
  }

  /**
   * Takes a conversation apart.
   *
   * @param key what messages call it
   * @throws dev.kindling.check.InvalidInputException if it does not end with the user's turn, or a
   *     turn has no role or the last no text
   */
  public static Turns of(String key, List<Message> messages) {
    List<String> roles = new ArrayList<>();
    messages.forEach(message -> roles.add(message.role()));
    boolean ends = !messages.isEmpty() && USER.equals(roles.get(roles.size() - 1));
    new Check()
        .that(
            roles.stream().noneMatch(String::isBlank), key, roles, "every message must have a role")
        .that(ends, key, roles, "must end with the user's message, behind which the policy writes")
        .that(
            !ends || !messages.get(messages.size() - 1).content().isBlank(),
            key,
            roles,
            "the last message must not be blank")
        .done();
    int last = messages.size() - 1;
    return new Turns(messages.subList(0, last), messages.get(last).content());
  }
}
