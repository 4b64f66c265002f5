import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import type { State, States } from '../../lib/definition/states-language.ts';
import { refillPoolDefinition } from '../../lib/refill-pool-definition.ts';
import { poolEventSchema } from '../../src/core/wire/pool-schemas.ts';
import { statementsOf } from './support/statements.ts';
import {
  construct,
  deployedDefinition,
  fixture,
  flat,
  resourcesOf,
  templateOf,
} from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const everything = templateOf(fixture('everything'));
const MACHINE = 'Everything-refill-pool';
const PROVISIONER = '<MigrationsProvisioningProvisionTenantFunction.Arn>';
const SERVER = { host: 'db1.example.com', port: 3306 };

const allowed = (role: string) =>
  statementsOf(everything)
    .filter((one) => one.role === role && one.effect === 'Allow')
    .map(({ actions, resources }) => `${actions.join(', ')} -> ${resources.join(', ')}`);

function eventOf(state: State | undefined): object {
  const { Payload = {} } = (state?.Arguments ?? {}) as { Payload?: Record<string, unknown> };
  const known: Record<string, unknown> = {
    '{% $states.context.Execution.Input %}': {},
    '{% $states.input.server %}': SERVER,
  };
  return Object.fromEntries(
    Object.entries(Payload).map(([key, value]) => [key, known[String(value)] ?? value]),
  );
}

describe('a pool', () => {
  it('a pool is filled by a machine that may invoke the provisioner and nothing else', () => {
    expect(allowed('ProvisioningPool').filter((right) => right.startsWith('lambda'))).toEqual([
      `lambda:InvokeFunction -> ${PROVISIONER}`,
    ]);
    const [machine] = resourcesOf(everything, 'AWS::StepFunctions::StateMachine').filter(
      ({ Properties }) => Properties.StateMachineName === MACHINE,
    );
    expect(machine?.Properties).toMatchObject({
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      LoggingConfiguration: { IncludeExecutionData: false },
    });
  });

  it('a pool is filled after each new tenant and on a schedule, by a role that starts that machine alone', () => {
    const rules = resourcesOf(everything, 'AWS::Events::Rule').filter(({ Properties }) =>
      /Pool/.test(flat(Properties.Targets)),
    );
    expect(
      rules.map(({ Properties }) => Properties.ScheduleExpression ?? Properties.EventPattern),
    ).toEqual([
      expect.objectContaining({
        source: ['aws.states'],
        detail: expect.objectContaining({ status: ['SUCCEEDED'] }),
      }),
      'rate(15 minutes)',
    ]);
    const ofPool = statementsOf(everything).filter(({ resources }) =>
      resources.some((resource) => /ProvisioningPoolStateMachine/.test(resource)),
    );
    const [starter] = ofPool.filter(({ actions }) => actions.includes('states:StartExecution'));
    expect(starter).toMatchObject({
      actions: ['states:StartExecution'],
      resources: [expect.any(String)],
    });
    expect(statementsOf(everything).filter(({ role }) => role === starter?.role)).toEqual([
      starter,
    ]);
  });

  it('a pool is migrated at the end of a run by the function that fills it, and never fails the run', () => {
    const { States: states } = deployedDefinition(everything) as { States: States };
    const { MigratePool, NextRound, PoolMigrated } = states;
    expect(NextRound?.Choices?.at(-1)).toMatchObject({ Next: 'MigratePool' });
    expect(MigratePool?.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Done' }]);
    expect(PoolMigrated).toMatchObject({ Default: 'Done' });
    expect(poolEventSchema.safeParse(eventOf(MigratePool)).error).toBeUndefined();
    expect(allowed('Machine').join('\n')).toContain(PROVISIONER);
  });

  it('a pool that no project asks for adds no state, no rule and no right', () => {
    const { stack } = construct({}, 'Elsewhere');
    const secret = Secret.fromSecretNameV2(stack, 'Admin', 'admin');
    const { stack: theirs, migrations } = construct({
      provisioning: { adminSecrets: [{ secret }] },
    });
    expect(migrations.provisioning?.refilling).toBeUndefined();
    expect(JSON.stringify(theirs.resolve(migrations.stateMachine.stateMachineArn))).not.toBe('');
    const without = (pool: number) => () =>
      construct({ provisioning: { adminSecrets: [{ secret }], pool } });
    expect(without(101)).toThrow('provisioning.pool is 101');
    expect(without(1.5)).toThrow('provisioning.pool is 1.5');
  });
});

describe('RefillPool', () => {
  const { States: states } = refillPoolDefinition({
    partition: 'aws',
    provisionTenantArn: 'arn:provision',
    timeoutSeconds: 86_400,
    functionTimeoutSeconds: 900,
  });

  it('RefillPool calls the function with events that its schema accepts', () => {
    const inner = states.EachServer?.ItemProcessor?.States ?? {};
    for (const state of [states.ListServers, inner.FillPool]) {
      expect(poolEventSchema.safeParse(eventOf(state)).error).toBeUndefined();
    }
  });

  it('RefillPool fills the other servers if one fails, and fails at its end with the reasons', () => {
    const inner = states.EachServer?.ItemProcessor?.States ?? {};
    expect(inner.FillPool?.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Over' }]);
    expect(states['Full?']?.Choices).toMatchObject([{ Next: 'NotFilled' }]);
    expect(states.NotFilled).toMatchObject({ Type: 'Fail', Error: 'PoolNotFilled' });
  });
});
