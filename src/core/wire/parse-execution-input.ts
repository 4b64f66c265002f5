import type { RunRequest } from '../request.ts';
import { mergeGuards } from '../safety/guard/guard-settings.ts';
import { EXCLUSIVE, parseRunRequest } from './parse-run-request.ts';

/** The request of an execution. */
export interface ExecutionInput {
  /** With the defaults of the stack and of the schema. */
  readonly request: RunRequest;
  /** The keys that the input itself has: a retry inherits the rest from its run, and not from the stack. */
  readonly explicit: Partial<RunRequest>;
}

/**
 * Reads an execution's input. Throws `RequestInvalid`, as the command line does for its options.
 *
 * @param defaults request keys that an input may leave out, of the stack
 */
export function parseExecutionInput(
  input: unknown,
  defaults: Partial<RunRequest> = {},
): ExecutionInput {
  const parsed = parseRunRequest(input);
  const named = new Set(Object.keys(input as object));
  const isNamed = ([key]: readonly [string, unknown]) => named.has(key);
  const explicit = Object.fromEntries(Object.entries(parsed).filter(isNamed));
  // A default does not contradict the request: it gives way.
  const displaced = EXCLUSIVE.filter((pair) => pair.some((key) => named.has(key))).flat();
  const kept = Object.entries(defaults).filter(([key]) => !displaced.some((one) => one === key));
  const safety = mergeGuards(defaults.safety, parsed.safety);
  const request = parseRunRequest({ ...Object.fromEntries(kept), ...explicit, safety });
  return { request, explicit };
}
