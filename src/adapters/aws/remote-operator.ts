import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { FanfoldError } from '../../core/errors.ts';
import { isSameVersion } from '../../core/operator/same-version.ts';
import { versionsDiffer } from '../../core/operator/versions-differ.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
import type { RemoteStack } from '../../core/remote/remote-runs.ts';
import { LAMBDA_NOT_READY } from '../../core/wire/error-names.ts';
import { OPERATOR_FUNCTIONS, type OperatorFunction } from '../../core/wire/operator-functions.ts';
import {
  OPERATIONS,
  type OperatorAnswer,
  operatorAnswerSchema,
} from '../../core/wire/operator-schemas.ts';
import { awsError } from './aws-error.ts';
import { operatorFault, operatorNotReady } from './operator-fault.ts';
import { findRemoteStack } from './remote-stack.ts';

const SOCKET = { connectionTimeout: 5_000, requestTimeout: 30_000 } as const;
/** The longest time that Lambda gives a function, and a little for the way. */
const LONGEST_CALL_MS = 15 * 60_000 + 30_000;
/** A function that was idle for weeks is refused until Lambda has prepared it, which takes up to some minutes. */
const PATIENCE_MS = 4 * 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 20_000;

export interface RemoteOperatorOptions {
  readonly stack: RemoteStack;
  readonly by: OperatorFunction;
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly clock: Clock;
  /** Version of the Fanfold that asks. */
  readonly version: string;
  /** Called once for each wait for a function that Lambda has to prepare. */
  readonly onWait?: ((message: string) => void) | undefined;
}

/**
 * Connects to one of the functions of a deployed stack that work for an operator; region and credentials come
 * from the SDK. Throws the errors of `findRemoteStack`, and `OperatorNotDeployed`.
 */
export async function connectToOperator(
  name: string,
  options: Pick<RemoteOperatorOptions, 'by' | 'clock' | 'version' | 'onWait'>,
): Promise<RemoteOperator> {
  const stack = await findRemoteStack(new CloudFormationClient({ requestHandler: SOCKET }), name);
  const lambda = new LambdaClient({
    region: stack.region,
    // An invocation whose answer was lost may have changed something: only a person may repeat it.
    maxAttempts: 1,
    requestHandler: { ...SOCKET, requestTimeout: LONGEST_CALL_MS },
  });
  return createRemoteOperator({ ...options, stack, lambda });
}

/** One of the functions of a stack, invoked by the given client; throws `OperatorNotDeployed`. */
export function createRemoteOperator(options: RemoteOperatorOptions): RemoteOperator {
  const { stack, by, version } = options;
  const functionName = stack.operatorFunctions?.[by];
  if (functionName === undefined) throw notDeployed(stack, by);
  return {
    stack,
    async ask(operation, request, signal = NEVER) {
      const { answer } = OPERATIONS[operation];
      const event = JSON.stringify({ fanfold: version, operation, request });
      const answered = await invoke(operation, event, { ...options, signal, functionName });
      // A function of another version may refuse what it does not understand: the versions say more.
      if (!isSameVersion(answered.fanfold, version)) {
        throw versionsDiffer(version, answered.fanfold);
      }
      if (answered.status === 'refused') throw thrownHere(answered.error);
      const parsed = answer.safeParse(answered.answer);
      if (parsed.success) return parsed.data as never;
      throw operatorFault('', { operation, functionName });
    },
  };
}

interface Invoking extends RemoteOperatorOptions {
  readonly signal: AbortSignal;
  readonly functionName: string;
}

const NEVER = new AbortController().signal;

async function invoke(
  operation: string,
  event: string,
  options: Invoking,
): Promise<OperatorAnswer> {
  const { lambda, functionName } = options;
  const command = new InvokeCommand({ FunctionName: functionName, Payload: event });
  const unreadable = (payload = ''): never => {
    throw operatorFault(payload, { operation, functionName });
  };
  const { FunctionError, Payload } = await onceReady(() => lambda.send(command), options);
  const text = Payload?.transformToString() ?? '';
  if (FunctionError !== undefined) return unreadable(text);
  return answerOf(text) ?? unreadable();
}

function answerOf(text: string): OperatorAnswer | undefined {
  try {
    return operatorAnswerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Repeats an invocation that Lambda has refused: the function has not begun. */
async function onceReady<Result>(
  send: () => Promise<Result>,
  { stack, by, functionName, clock, onWait, signal }: Invoking,
): Promise<Result> {
  const since = clock.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await send();
    } catch (error) {
      const { name } = error as Error;
      if (!NOT_READY.has(name)) {
        throw awsError(error, {
          action: `invoke the function "${functionName}"`,
          region: stack.region,
          deniedHint: `Ask for ${OPERATOR_FUNCTIONS[by].grant} of the construct TenantMigrations, which grants everything that this command needs. grantOperate does not include it.`,
        });
      }
      if (signal.aborted || clock.now() - since >= PATIENCE_MS)
        throw operatorNotReady(error as Error);
      if (pause === FIRST_PAUSE_MS) {
        onWait?.('AWS Lambda is preparing the function, which takes up to some minutes.');
      }
      await clock.sleep(pause, signal);
    }
  }
}

/** Errors of Lambda without the prefix that Step Functions gives them. */
const NOT_READY: ReadonlySet<string> = new Set([
  ...LAMBDA_NOT_READY.map((name) => name.replace(/^Lambda\./, '')),
  'TooManyRequestsException',
]);

function thrownHere({
  code,
  message,
  ...options
}: Extract<OperatorAnswer, { status: 'refused' }>['error']): FanfoldError {
  // The function is of this version, so that fault and code belong together.
  return new FanfoldError(code, message, options as never);
}

function notDeployed({ name }: RemoteStack, by: OperatorFunction): FanfoldError {
  return new FanfoldError(
    'OperatorNotDeployed',
    `The stack "${name}" has no function for this (no output ${OPERATOR_FUNCTIONS[by].output}): an earlier version deployed it.`,
    {
      fault: 'configuration',
      nextStep:
        'Deploy it again with this version: `npx cdk deploy`. Or run the command without --aws on a machine that reaches the databases.',
    },
  );
}
