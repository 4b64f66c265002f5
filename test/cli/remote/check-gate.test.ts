import { expect, test } from 'vitest';
import { checkGate } from '../../../src/cli/remote/check-gate.ts';
import type { RemoteStack } from '../../../src/core/remote/remote-runs.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const STACK: RemoteStack = {
  name: 'Prod',
  region: 'eu-west-1',
  stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Prod-tenant-migrations',
  runBucket: 'runs',
  settleFunction: 'settle',
};

test('a stack without evidence is refused if the configuration requires a rehearsal', () => {
  const required = { requireRehearsal: 'rehearsal.json' };
  expect(thrownBy(() => checkGate(required, STACK))).toMatchObject({
    code: 'RehearsalMissing',
    message:
      'A rehearsal is required (safety.requireRehearsal), and the stack "Prod" was deployed without its evidence.',
  });
  checkGate(required, { ...STACK, requiresRehearsal: true });
  checkGate({}, STACK);
});
