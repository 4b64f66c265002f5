import { type Command, Option } from 'commander';
import { wholeNumber } from './parse-number.ts';
import { addTlsOptions, type TlsSetupOptions } from './setup-options.ts';

/** How to reach database servers, where no migration is run. */
export interface ConnectionSetupOptions extends TlsSetupOptions {
  /** Seconds. */
  readonly connectTimeout: number;
}

/** Adds how database servers are reached. */
export function addConnectionOptions(command: Command): Command {
  return addTlsOptions(command).addOption(
    new Option('--connect-timeout <seconds>', 'how long connecting to a server may take')
      .argParser(wholeNumber(1, 3_600))
      .default(10),
  );
}
