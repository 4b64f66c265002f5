import type { ConnectionOptions } from 'mysql2';

/** mysql2 options that affect statements or their answers, but not the server or the login. */
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
