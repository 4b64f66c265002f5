import type { FinishedRun } from '../../core/run/finished-run.ts';
import { commandOnStack } from '../../core/wording/on-stack.ts';
import { repairCommand } from '../../core/wording/repair-command.ts';
import { shellWord } from '../../core/wording/shell-word.ts';

/** Commands about a run, ready to be typed. */
export interface RunCommands {
  /** Retries tenants that failed or were not reached. */
  readonly retry: string;
  /** Lists every tenant that failed. */
  readonly list: string;
  /** Shows the statements of a half-applied migration, and resolves it. */
  resolve(slug: string): string;
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

export function runCommands({ record, stack }: Pick<FinishedRun, 'record' | 'stack'>): RunCommands {
  const { id, execution, request } = record;
  const isPlan = request.command === 'plan';
  const typed = (words: string) => {
    if (execution === undefined) return `fanfold ${words}`;
    return `fanfold ${stack === undefined ? `${words} --aws <stack>` : commandOnStack(words, stack)}`;
  };
  const show = `runs show ${id}`;
  return {
    retry: typed(`migrate:retry ${id}`),
    list: typed(isPlan ? 'migrate:plan --verbose' : `${show} --tenants`),
    resolve: (slug) => typed(`migrate:resolve ${shellWord(slug)}`),
    ofCause(cause) {
      if (isPlan) return undefined;
      const of = `--of ${id} --cause ${cause}`;
      return {
        retry: typed(`migrate:retry ${of}`),
        examine: typed(`migrate:doctor ${of}`),
        list: typed(`${show} --cause ${cause} --tenants`),
        repair(code) {
          const command = repairCommand(code, of);
          return command && typed(command.slice('fanfold '.length));
        },
      };
    },
  };
}
