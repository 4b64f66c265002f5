import type { Wiring } from '../../../src/cli/wiring/create-wiring.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { type Operations, operate } from '../../../src/core/operator/operate.ts';
import type { RemoteOperator } from '../../../src/core/remote/remote-operator.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';

/** The functions of a stack in this process: what they are asked and what they answer travels as JSON. */
export interface FakeOperator {
  readonly remoteOperator: Wiring['remoteOperator'];
  /** The operations so far with their requests. */
  readonly asked: readonly { readonly operation: string; readonly request: unknown }[];
}

const VERSION = '1.2.3';

/** A stack whose functions do this. */
export function fakeOperator(operations: Operations): FakeOperator {
  const asked: { operation: string; request: unknown }[] = [];
  const ask: RemoteOperator['ask'] = async (operation, request) => {
    const event = JSON.parse(JSON.stringify({ fanfold: VERSION, operation, request }));
    asked.push(event);
    const answer = JSON.parse(JSON.stringify(await operate(event, operations, VERSION)));
    if (answer.status === 'done') return OPERATIONS[operation].answer.parse(answer.answer) as never;
    const { code, message, ...options } = answer.error;
    throw new FanfoldError(code, message, options as never);
  };
  return {
    asked,
    remoteOperator: async (name) => ({
      ask,
      stack: {
        ...{ name, region: 'eu-west-1', stateMachineArn: 'arn:machine' },
        ...{ runBucket: 'runs', settleFunction: 'settle' },
      },
    }),
  };
}
