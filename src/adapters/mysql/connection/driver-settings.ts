import type { ConnectionOptions } from 'mysql2';

/** Options of mysql2 that change what statements say or what their answers look like, and nothing about who is connected to. */
export type DriverSettings = Pick<ConnectionOptions, DriverSetting>;

export type DriverSetting =
  | 'bigNumberStrings'
  | 'charset'
  | 'compress'
  | 'connectAttributes'
  | 'dateStrings'
  | 'decimalNumbers'
  | 'disableEval'
  | 'enableCleartextPlugin'
  | 'flags'
  | 'infileStreamFactory'
  | 'insecureAuth'
  | 'jsonStrings'
  | 'stringifyObjects'
  | 'supportBigNumbers'
  | 'timezone'
  | 'trace'
  | 'typeCast';
