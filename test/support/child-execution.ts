import jsonata from 'jsonata';
import type { Program, State } from '../../lib/definition/states-language.ts';

/** An error of a task, as a state sees it. */
export class TaskError extends Error {
  override readonly cause: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
    this.cause = cause;
  }
}

/** The surroundings of the states of an execution. */
export interface ChildExecutionOptions {
  readonly input: unknown;
  /** Carries out a task, by the end of its resource, such as `lambda:invoke`. Throws a `TaskError` if it fails. */
  readonly task: (resource: string, args: unknown) => Promise<unknown>;
  /** Called with the name of each state that is entered. */
  readonly entered?: (state: string) => void;
}

/**
 * Runs the states of a child execution: tasks, choices, waits (which take no time) and ends, in JSONata. Nothing is retried, so
 * that a test sees what one error leads to. Resolves to the output, or rejects with the error that no state catches.
 */
export async function childExecution(
  { StartAt, States }: Program,
  { input, task, entered = () => {} }: ChildExecutionOptions,
): Promise<unknown> {
  let name: string | undefined = StartAt;
  let value = input;
  while (name !== undefined) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    entered(name);
    const about: Record<string, unknown> = { input: value, context: { State: { RetryCount: 0 } } };
    const evaluated = (field: unknown) => evaluate(field, about);
    switch (state.Type) {
      case 'Choice': {
        const choices: (string | undefined)[] = await Promise.all(
          (state.Choices ?? []).map(async ({ Condition, Next }) =>
            (await evaluated(Condition)) === true ? Next : undefined,
          ),
        );
        name = choices.find((next: string | undefined) => next !== undefined) ?? state.Default;
        continue;
      }
      case 'Wait':
        name = state.Next;
        continue;
      case 'Succeed':
        return value;
      case 'Task':
        break;
      default:
        throw new Error(`The type ${state.Type} of ${name} is not carried out here.`);
    }
    try {
      const resource = String(state.Resource).split(':::').at(-1) ?? '';
      about.result = await task(resource, await evaluated(state.Arguments));
      value = await evaluated(state.Output);
      name = state.Next;
    } catch (error) {
      const caught = (state.Catch ?? []).find(
        ({ ErrorEquals }) =>
          error instanceof TaskError &&
          (ErrorEquals.includes(error.name) || ErrorEquals.includes('States.ALL')),
      );
      if (caught === undefined || !(error instanceof TaskError)) throw error;
      about.errorOutput = { Error: error.name, Cause: error.cause };
      value = await evaluated(caught.Output);
      name = caught.Next;
    }
  }
  return value;
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** A field with its expressions evaluated, as JSON. */
async function evaluate(field: unknown, states: Record<string, unknown>): Promise<unknown> {
  if (typeof field === 'string') {
    const [, expression] = EXPRESSION.exec(field) ?? [];
    if (expression === undefined) return field;
    const result: unknown = await jsonata(expression).evaluate({}, { states });
    return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
  }
  if (Array.isArray(field)) return Promise.all(field.map((each) => evaluate(each, states)));
  if (typeof field !== 'object' || field === null) return field;
  const entries = Object.entries(field).map(
    async ([key, value]) => [key, await evaluate(value, states)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
