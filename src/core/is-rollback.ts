import type { RunRequest } from './request.ts';

/** Whether a request rolls migrations back, or plans to. */
export function isRollback({
  command,
  rollback,
}: Partial<Pick<RunRequest, 'command' | 'rollback'>>): boolean {
  return command === 'rollback' || (command === 'plan' && rollback === true);
}
