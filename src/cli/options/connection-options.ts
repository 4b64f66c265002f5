import { type Command, Option } from 'commander';
import { wholeNumber } from './parse-number.ts';
import { addTlsOptions, type TlsSetupOptions } from './setup-options.ts';

/** How to reach database servers, for commands that run no migration. */
export interface ConnectionSetupOptions extends TlsSetupOptions {
  /** Seconds. */
  readonly connectTimeout: number;
}

/** Adds the options for reaching database servers. */
export function addConnectionOptions(command: Command): Command {
  return addTlsOptions(command).addOption(
    new Option('--connect-timeout <seconds>', 'time limit for connecting to a server')
      .argParser(wholeNumber(1, 3_600))
      .default(10),
  );
}
