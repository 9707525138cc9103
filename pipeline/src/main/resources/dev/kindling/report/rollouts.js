// Lets a reader browse the rollouts in #data. Their texts are a policy's: they become text nodes, never markup.
(() => {
  const form = document.getElementById("filters");
  if (form === null) {
    return;
  }
  const data = JSON.parse(document.getElementById("data").textContent);
  const rollouts = data.rollouts.sort((a, b) => b.step - a.step || a.arm - b.arm);
  const PAGE = 10;
  const COLOURS = 8;
  // Of a token that this improbable, in nats, the colour is full.
  const SURPRISE = 6;
  const LARGEST = 70;
  const list = document.getElementById("list");
  const scale = document.getElementById("scale");
  const fields = form.elements;
  let first = 0;

  function element(tag, className, ...content) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...content);
    return made;
  }

  const distinct = (values) => [...new Set(values)];

  function options(select, values, name = String) {
    select.append(new Option("all", ""), ...values.map((value) => new Option(name(value), value)));
  }

  function matches(rollout) {
    return (fields.arm.value === "" || rollout.arm === Number(fields.arm.value))
      && (fields.step.value === "" || rollout.step === Number(fields.step.value))
      && (fields.verdict.value === "" || rollout.verdict === fields.verdict.value)
      && rollout.example.toLowerCase().includes(fields.example.value.trim().toLowerCase());
  }

  const parts = (rollout) => [rollout.rationale, rollout.answer, rollout.gold];

  // Coefficients have a scale of their own in each step of a run.
  const largest = new Map();
  const group = (rollout) => `${rollout.arm} ${rollout.step}`;
  for (const rollout of rollouts) {
    const sizes = parts(rollout).flatMap((part) => part.coefs).map(Math.abs);
    largest.set(group(rollout), Math.max(largest.get(group(rollout)) ?? 0, ...sizes));
  }

  // A share of a colour, 0 to 1, or none.
  function shade(part, index, rollout) {
    const value = part[fields.tokens.value][index] ?? null;
    if (value === null || value === 0) {
      return ["", 0];
    }
    return fields.tokens.value === "logProbs"
      ? ["--colour-1", Math.min(1, -value / SURPRISE)]
      : [value > 0 ? "--colour-2" : "--colour-1", Math.abs(value) / largest.get(group(rollout))];
  }

  function said(part, index) {
    const logProb = part.logProbs[index] ?? null;
    const coef = part.coefs[index] ?? null;
    return [
      JSON.stringify(part.tokens[index]),
      logProb === null ? "" : `log-prob ${logProb} (${Number((100 * Math.exp(logProb)).toPrecision(3))} %)`,
      coef === null ? "no coefficient" : `coefficient ${coef}`,
    ].filter((of) => of !== "").join(", ");
  }

  function token(part, index, rollout) {
    const [colour, share] = shade(part, index, rollout);
    const made = element("span", "token", part.tokens[index].replaceAll("\n", "↵\n"));
    made.title = said(part, index);
    if (share > 0) {
      made.style.backgroundColor = `color-mix(in srgb, var(${colour}) ${Math.round(LARGEST * share)}%, transparent)`;
    }
    return made;
  }

  function passage(title, part, rollout, told) {
    const coloured = fields.tokens.value !== "" && part.tokens.length > 0;
    const text = element("div", "passage");
    text.tabIndex = 0;
    if (coloured) {
      text.append(...part.tokens.map((_, index) => token(part, index, rollout)));
      // A finger has no pointer to rest on a token.
      text.addEventListener("click", ({ target }) => {
        told.textContent = target.title;
      });
    } else {
      text.append(part.text);
    }
    return element("div", "part", element("h3", "", title), text);
  }

  function card(rollout) {
    const verdict = element("span", "verdict", rollout.verdict);
    verdict.classList.add(rollout.verdict.toLowerCase().replace(/[^a-z]/g, "") || "none");
    const dot = element("span", `swatch colour-${rollout.arm % COLOURS}`);
    const told = element("p", "told");
    told.setAttribute("role", "status");
    const prompt = { text: rollout.prompt, tokens: [], logProbs: [], coefs: [] };
    const asked = passage("Prompt", prompt, rollout, told);
    asked.querySelector(".passage").classList.add("end");
    return element("article", "rollout",
      element("header", "",
        element("span", "", dot, data.arms[rollout.arm]), element("span", "", `step ${rollout.step}`), verdict,
        element("span", "id", `${rollout.example} #${rollout.sample}`), element("span", "", `log w ${rollout.logW}`),
        element("span", "reason", rollout.reason)),
      element("div", "parts", asked,
        passage("Rationale", rollout.rationale, rollout, told), passage("Answer", rollout.answer, rollout, told),
        passage("Gold", rollout.gold, rollout, told)),
      told);
  }

  function explain() {
    scale.hidden = fields.tokens.value === "";
    const missing = rollouts.every((rollout) => parts(rollout).every((part) => part.tokens.length === 0));
    scale.textContent = missing
      ? "The run's folder has no tokenizer, so there are no single tokens."
      : fields.tokens.value === "logProbs"
        ? `The stronger the colour, the less probable the token was to the policy that sampled it; full at ${SURPRISE} nats. Point at a token, or touch it, for its numbers.`
        : "Green tokens are made more probable by the step, orange ones less; the colour is full at the largest coefficient shown of the step. Tokens without colour were not trained on. Point at a token, or touch it, for its numbers.";
  }

  function show() {
    const chosen = rollouts.filter(matches);
    first = Math.max(0, Math.min(first, PAGE * (Math.ceil(chosen.length / PAGE) - 1)));
    const some = chosen.slice(first, first + PAGE);
    list.replaceChildren(...some.map(card));
    document.getElementById("shown").textContent = chosen.length === 0
      ? `None of ${rollouts.length} rollouts`
      : `${first + 1} to ${first + some.length} of ${chosen.length} rollouts (${rollouts.length} in all)`;
    document.getElementById("previous").disabled = first === 0;
    document.getElementById("next").disabled = first + PAGE >= chosen.length;
    explain();
    const filters = Object.fromEntries([...new FormData(form)]);
    history.replaceState({ ...history.state, filters, first }, "");
  }

  function turn(pages) {
    first += pages * PAGE;
    show();
  }

  function begin() {
    first = 0;
    show();
  }

  options(fields.arm, distinct(rollouts.map(({ arm }) => arm)), (arm) => data.arms[arm]);
  options(fields.step, distinct(rollouts.map(({ step }) => step)).sort((a, b) => a - b));
  options(fields.verdict, distinct(rollouts.map(({ verdict }) => verdict)).sort());
  document.getElementById("examples").append(
    ...distinct(rollouts.map(({ example }) => example)).sort().map((example) => new Option(example)));
  for (const [name, value] of Object.entries(history.state?.filters ?? {})) {
    fields[name].value = value;
    if (fields[name].selectedIndex === -1) {
      // Of a step that is not shown any more.
      fields[name].value = "";
    }
  }
  first = history.state?.first ?? 0;
  form.addEventListener("change", begin);
  fields.example.addEventListener("input", begin);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("previous").addEventListener("click", () => turn(-1));
  document.getElementById("next").addEventListener("click", () => turn(1));
  show();
})();
