import type { FinishedRun } from '../../core/run/finished-run.ts';
import { repairCommand } from '../../core/wording/repair-command.ts';

/** Commands about a run, ready to be typed. */
export interface RunCommands {
  /** Retries tenants that failed or were not reached. */
  readonly retry: string;
  /** Lists every tenant that failed. */
  readonly list: string;
  /** Commands about a cause by its number in report and terminal; `undefined` for a plan, which has nothing to retry. */
  ofCause(cause: number): CauseCommands | undefined;
}

export interface CauseCommands {
  readonly retry: string;
  readonly examine: string;
  readonly list: string;
  /** Repairs all tenants with this code at once, if one command can. */
  repair(code: string): string | undefined;
}

export function runCommands({ record }: Pick<FinishedRun, 'record'>): RunCommands {
  const { id, execution, request } = record;
  const isPlan = request.command === 'plan';
  const aws = execution === undefined ? '' : ' --aws <stack>';
  const show = `fanfold runs show ${id}`;
  return {
    retry: `fanfold migrate:retry ${id}${aws}`,
    list: isPlan ? `fanfold migrate:plan --verbose${aws}` : `${show} --tenants${aws}`,
    ofCause(cause) {
      if (isPlan) return undefined;
      const of = `--of ${id} --cause ${cause}`;
      return {
        retry: `fanfold migrate:retry ${of}${aws}`,
        examine: `fanfold migrate:doctor ${of}${aws}`,
        list: `${show} --cause ${cause} --tenants${aws}`,
        repair(code) {
          const command = repairCommand(code, of);
          return command && `${command}${aws}`;
        },
      };
    },
  };
}
