// The meaning of a state's fields in its query language. Both classes answer the same questions, so that the interpreter has one flow.
import { ruleHolds } from './choice-rules.mjs';
import { runtimeError, StatesError } from './errors.mjs';
import { fillTemplate, readPathOrCall } from './intrinsics.mjs';
import { readPath, writePath } from './json-path.mjs';
import { evaluate } from './jsonata.mjs';

const noChoice = (name) =>
  new StatesError(
    'States.NoChoiceMatched',
    `An error occurred while executing the state '${name}': no choice rule matched and there is no Default.`,
  );

/** JSONPath: InputPath -> Parameters -> work -> ResultSelector -> ResultPath -> OutputPath. */
export class JsonPathFields {
  constructor(name, state, raw, context, variables) {
    Object.assign(this, { name, state, raw, context, variables });
  }

  get input() {
    return 'InputPath' in this.state ? this.#path(this.state.InputPath, this.raw) : this.raw;
  }

  #scope = (input, context = this.context) => ({ input, context, variables: this.variables });
  #path = (path, input) => (path === null ? {} : readPathOrCall(path, this.#scope(input)));
  #fill = (template, input, context) => fillTemplate(template, this.#scope(input, context));

  arguments() {
    return 'Parameters' in this.state ? this.#fill(this.state.Parameters, this.input) : this.input;
  }

  /** A field that may be literal or, as `<key>Path`, read from the input. */
  value(key, holder = this.state) {
    return `${key}Path` in holder
      ? readPath(holder[`${key}Path`], this.#scope(this.input))
      : holder[key];
  }

  passResult() {
    return 'Result' in this.state ? structuredClone(this.state.Result) : this.arguments();
  }

  failure() {
    const text = (key) =>
      `${key}Path` in this.state
        ? this.#path(this.state[`${key}Path`], this.input)
        : this.state[key];
    return { error: text('Error'), cause: text('Cause') };
  }

  choose() {
    const rule = this.state.Choices.find((candidate) =>
      ruleHolds(candidate, this.#scope(this.input)),
    );
    const next = rule?.Next ?? this.state.Default;
    if (!next) throw noChoice(this.name);
    const { Assign } = rule ?? this.state;
    return {
      next,
      output: this.#output(this.input),
      assign: Assign && this.#fill(Assign, this.input),
    };
  }

  items() {
    return 'ItemsPath' in this.state
      ? readPath(this.state.ItemsPath, this.#scope(this.input))
      : this.input;
  }

  selectItem(item, map) {
    const selector = this.state.ItemSelector ?? this.state.Parameters;
    return selector === undefined
      ? item
      : this.#fill(selector, this.input, { ...this.context, Map: map });
  }

  objectArguments(holder) {
    return this.#fill(holder.Parameters ?? {}, this.input);
  }

  batchInput(template) {
    return this.#fill(template, this.input);
  }

  finish(result) {
    const { ResultSelector, ResultPath, Assign } = this.state;
    const selected = ResultSelector === undefined ? result : this.#fill(ResultSelector, result);
    const output = this.#output(writePath(ResultPath, this.raw, selected));
    return { output, assign: Assign && this.#fill(Assign, result) };
  }

  /** Wait and Succeed pass their input on. */
  passOn() {
    return {
      output: this.#output(this.input),
      assign: this.state.Assign && this.#fill(this.state.Assign, this.input),
    };
  }

  caught(catcher, errorOutput) {
    return {
      output: writePath('ResultPath' in catcher ? catcher.ResultPath : '$', this.raw, errorOutput),
      assign: catcher.Assign && this.#fill(catcher.Assign, errorOutput),
    };
  }

  invalid(message) {
    return runtimeError(message);
  }

  #output(value) {
    return 'OutputPath' in this.state ? this.#path(this.state.OutputPath, value) : value;
  }
}

/** JSONata: Arguments -> work -> Output and Assign, each reading $states. */
export class JsonataFields {
  constructor(name, state, raw, context, variables) {
    Object.assign(this, { name, state, raw, context, variables });
  }

  #evaluate = (template, extra) =>
    evaluate(template, { input: this.raw, context: this.context, ...extra }, this.variables);

  arguments() {
    return 'Arguments' in this.state ? this.#evaluate(this.state.Arguments) : this.raw;
  }

  value(key, holder = this.state) {
    return holder[key] === undefined ? undefined : this.#evaluate(holder[key]);
  }

  passResult() {
    return this.raw;
  }

  async failure() {
    return { error: await this.value('Error'), cause: await this.value('Cause') };
  }

  async choose() {
    let rule;
    for (const candidate of this.state.Choices) {
      const holds = await this.#evaluate(candidate.Condition);
      if (typeof holds !== 'boolean')
        throw this.invalid(`The Condition '${candidate.Condition}' did not return a boolean.`);
      if (holds) {
        rule = candidate;
        break;
      }
    }
    const next = rule?.Next ?? this.state.Default;
    if (!next) throw noChoice(this.name);
    return { next, ...(await this.#close(rule ?? this.state, this.raw)) };
  }

  items() {
    return 'Items' in this.state ? this.#evaluate(this.state.Items) : this.raw;
  }

  selectItem(item, map) {
    if (!('ItemSelector' in this.state)) return item;
    return this.#evaluate(this.state.ItemSelector, { context: { ...this.context, Map: map } });
  }

  objectArguments(holder) {
    return this.#evaluate(holder.Arguments ?? {});
  }

  batchInput(template) {
    return this.#evaluate(template);
  }

  finish(result) {
    const withResult = ['Task', 'Map', 'Parallel'].includes(this.state.Type);
    return this.#close(this.state, result, withResult ? { result } : {});
  }

  passOn() {
    return this.#close(this.state, this.raw);
  }

  caught(catcher, errorOutput) {
    return this.#close(catcher, errorOutput, { errorOutput });
  }

  invalid(message) {
    return new StatesError('States.QueryEvaluationError', message);
  }

  // Assign and Output are evaluated independently: neither sees the result of the other.
  async #close(holder, fallback, extra) {
    const output = 'Output' in holder ? await this.#evaluate(holder.Output, extra) : fallback;
    return { output, assign: holder.Assign && (await this.#evaluate(holder.Assign, extra)) };
  }
}

/** A whole number field of a state, or undefined if it is absent. */
export async function wholeNumber(fields, key, holder, { max = Number.MAX_SAFE_INTEGER } = {}) {
  const value = await fields.value(key, holder);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw fields.invalid(
      `The field '${key}' of the state '${fields.name}' must be a whole number from 0 to ${max}, but is ${JSON.stringify(value)}.`,
    );
  return value;
}
