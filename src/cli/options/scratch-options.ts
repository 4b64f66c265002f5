import { type Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';

/** The scratch server on which migrations are run to see what they send. */
export interface ScratchOptions {
  readonly scratchUrl?: string;
  /** `mysql:9`, or `true` for any. */
  readonly scratch?: string | true;
}

/** Adds the options that name a scratch server. */
export function addScratchOptions(command: Command): Command {
  return command
    .optionsGroup('Scratch server:')
    .addOption(
      new Option(
        '--scratch [server]',
        'start a server on this machine, any or such as mysql:8.4; with a URL: what it must be',
      ),
    )
    .addOption(
      new Option(
        '--scratch-url <url>',
        'use this server: mysql://user:password@host:3306, or with an empty database',
      ).env('FANFOLD_SCRATCH_URL'),
    );
}

/** Whether a scratch server was named. */
export function hasScratch({ scratch, scratchUrl }: ScratchOptions): boolean {
  return scratch !== undefined || scratchUrl !== undefined;
}

/** The error of a command that needs a scratch server and has none. */
export function scratchMissing(option: string): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    `${option} needs a scratch server, on which the migrations are run in an empty database.`,
    {
      fault: 'usage',
      nextStep:
        'Add --scratch, which starts one on this machine, or name one with --scratch-url or FANFOLD_SCRATCH_URL.',
    },
  );
}
