import type { ProvisionFailEvent } from '../src/core/wire/provision-schemas.ts';
import { stepRetries } from './definition/retries.ts';
import { execution } from './definition/state-fields.ts';
import type { State, StateMachineDefinition } from './definition/states-language.ts';
import { taskOn } from './definition/task-on.ts';

/** Addresses in the definition: those of a stack, or placeholders. */
export interface ProvisionTenantTargets {
  /** `aws`, or that of another part of AWS. */
  readonly partition: string;
  /** Without version or alias: a corrected migration has to reach an execution that is redriven. */
  readonly provisionTenantArn: string;
  /** An execution that takes longer ends as TIMED_OUT. */
  readonly timeoutSeconds: number;
  /** Time limit of the function. */
  readonly functionTimeoutSeconds: number;
}

/**
 * Takes one tenant from nothing to ACTIVE. A state is a step of the core, so that the console shows
 * which one fails or takes long; each may run twice. If a step after the first one fails, FailTenant rolls back
 * what was made and fails with the same error; a redrive of it begins anew.
 */
export function provisionTenantDefinition(targets: ProvisionTenantTargets): StateMachineDefinition {
  const task = taskOn(targets);
  const enteredAt = '{% $states.context.State.EnteredTime %}';
  const call = { function: targets.provisionTenantArn, retry: stepRetries };
  const step = (
    name: ProvisionFailEvent['failedStep'],
    options: { readonly Comment: string; readonly next: string },
  ): State =>
    task({
      ...call,
      ...options,
      payload: { step: name, progress: '{% $states.input %}', enteredAt },
      catch: {
        ErrorEquals: ['States.ALL'],
        Output: {
          progress: '{% $states.input %}',
          failedStep: name,
          error: '{% $states.errorOutput %}',
          failedAt: execution.redriveCount,
        },
        Next: 'FailTenant',
      },
    });
  return {
    Comment: 'Takes a tenant from nothing to ACTIVE.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: targets.timeoutSeconds,
    StartAt: 'ClaimTenant',
    States: {
      // No Catch: a request that is refused leaves no tenant to roll back.
      ClaimTenant: task({
        ...call,
        Comment:
          'Reads the request, and adds the row or takes it up. Stores the password, encrypted.',
        payload: { step: 'claim', request: '{% $states.context.Execution.Input %}', enteredAt },
        next: 'Active?',
      }),
      'Active?': {
        Type: 'Choice',
        Comment: 'A tenant that is ACTIVE already is left as it is.',
        Choices: [{ Condition: "{% $states.input.status = 'ACTIVE' %}", Next: 'Done' }],
        Default: 'MakeUser',
      },
      MakeUser: step('account', {
        Comment: "Makes the tenant's user, as the administrator of its server.",
        next: 'MakeDatabase',
      }),
      MakeDatabase: step('database', {
        Comment: 'Makes the database, unless somebody else has one of that name.',
        next: 'GrantRights',
      }),
      GrantRights: step('rights', {
        Comment: 'Gives the user rights on that database alone.',
        next: 'RunMigrations',
      }),
      RunMigrations: step('migrations', {
        Comment: "Runs all migrations, as the tenant's own user.",
        next: 'Paused?',
      }),
      'Paused?': {
        Type: 'Choice',
        Comment: 'Whether the invocation ended before the migrations did.',
        Choices: [{ Condition: '{% $states.input.paused = true %}', Next: 'RunMigrations' }],
        Default: 'ActivateTenant',
      },
      ActivateTenant: step('activation', { Comment: 'Sets it to ACTIVE.', next: 'Done' }),
      FailTenant: task({
        ...call,
        Comment:
          'Sets the tenant to FAILED with the cause, takes away what was made, and fails. Redriven, it lets the tenant be tried again.',
        payload: {
          step: 'fail',
          progress: '{% $states.input.progress %}',
          failedStep: '{% $states.input.failedStep %}',
          error: '{% $states.input.error %}',
          failedAt: '{% $states.input.failedAt %}',
          redriveCount: execution.redriveCount,
        },
        next: 'ClaimTenant',
      }),
      Done: { Type: 'Succeed' },
    },
  };
}
