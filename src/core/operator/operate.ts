import { FanfoldError, isFanfoldError } from '../errors.ts';
import {
  OPERATIONS,
  type OperationAnswer,
  type OperationName,
  type OperationRequest,
  type OperatorAnswer,
  type OperatorEvent,
  type Refusal,
} from '../wire/operator-schemas.ts';
import { isSameVersion } from './same-version.ts';
import { versionsDiffer } from './versions-differ.ts';

/** The operations that a function carries out. */
export type Operations = {
  readonly [Name in OperationName]?: (
    request: OperationRequest<Name>,
  ) => Promise<OperationAnswer<Name>>;
};

/**
 * Carries out one operation for an operator. An expected error is an answer, not a throw: the command line shows
 * it as its own, with its next step and its exit code. The only errors that are thrown are defects.
 *
 * @param version of the Fanfold that the stack was deployed with
 */
export async function operate(
  event: OperatorEvent,
  operations: Operations,
  version: string,
): Promise<OperatorAnswer> {
  try {
    if (!isSameVersion(event.fanfold, version)) throw versionsDiffer(event.fanfold, version);
    return { status: 'done', fanfold: version, answer: await carryOut(event, operations) };
  } catch (error) {
    if (!isFanfoldError(error)) throw error;
    return { status: 'refused', fanfold: version, error: refusalOf(error) };
  }
}

async function carryOut(
  { operation, request }: OperatorEvent,
  operations: Operations,
): Promise<unknown> {
  const name = operation as OperationName;
  const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (run === undefined) throw notUnderstood(`this function has no operation "${operation}"`);
  const parsed = OPERATIONS[name].request.safeParse(request);
  if (parsed.success) return run(parsed.data as never);
  const [issue] = parsed.error.issues;
  throw notUnderstood(`${issue?.path.join('.') || 'the request'}: ${issue?.message}`);
}

function notUnderstood(why: string): FanfoldError {
  return new FanfoldError('EventInvalid', `The function does not understand the request: ${why}.`, {
    fault: 'configuration',
    nextStep: 'Call it by a command with --aws, which knows its requests.',
  });
}

function refusalOf(error: FanfoldError): Refusal {
  const { code, message, fault, nextStep, retryable, ownWords, said } = error;
  return { code, message, fault, nextStep, retryable, ownWords, said };
}
