import { APPROVAL_HOURS } from '../rollout/check-rollout.ts';
import { heldMessage } from '../rollout/held-message.ts';
import { NEVER_HELD } from '../rollout/rollout.ts';
import type { AskApprovalEvent, AskApprovalResult } from '../wire/step-schemas.ts';
import type { SendNotification, StepRunStore } from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface AskApprovalDependencies {
  readonly store: StepRunStore;
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Asks for an approval: keeps the token with which Step Functions takes the decision, and then writes that
 * the wave waits. Invoked again, for instance after a redrive, it replaces the token, since the earlier one is void.
 */
export async function askApproval(
  { execution, gate, taskToken }: Omit<AskApprovalEvent, 'step'>,
  { store, notify, now }: AskApprovalDependencies,
): Promise<AskApprovalResult> {
  const runId = execution.name;
  const { request } = await store.readRun(runId);
  const { wave, since } = gate;
  const until = new Date(
    now() + (request.approvalHours ?? APPROVAL_HOURS) * 3_600_000,
  ).toISOString();
  const rollout = (await store.readRollout(runId)) ?? NEVER_HELD;
  await store.writeApprovalToken(runId, { wave, token: taskToken });
  const message = heldMessage('approval', wave, request);
  const held = { wave, gate: 'approval', message, since, until, needsApproval: true } as const;
  await store.writeRollout(runId, { ...rollout, held });
  await tellState(
    execution,
    request,
    {
      change: 'waiting-for-approval',
      wave: wave - 1,
      waves: request.waves.length + 1,
      until,
      nextStep: `Approve or reject it: \`fanfold approve ${runId} --why <reason> --aws <stack>\`, or \`fanfold reject ${runId} --why <reason> --aws <stack>\`.`,
    },
    { ...execution, wave, occurrence: rollout.decisions.length },
    { notify, now },
  );
  return { wave };
}
