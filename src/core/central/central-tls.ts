import { FanfoldError } from '../errors.ts';
import type { CentralDatabaseLogin } from './central-database-login.ts';
import type { TlsMode } from './central-parameter-names.ts';

/**
 * How the connection to the central database is encrypted, if the option (`--tls`, which is for all
 * connections) and a parameter of CENTRAL_DATABASE_URL both may say it. If they contradict each other,
 * neither wins silently: it throws `CentralDatabaseUrlInvalid`.
 */
export function centralTlsMode(
  option: TlsMode,
  { parameters }: Pick<CentralDatabaseLogin, 'parameters'>,
): TlsMode {
  const asked = parameters?.tls;
  if (asked === undefined || asked.mode === 'auto' || asked.mode === option) return option;
  if (option === 'auto') return asked.mode;
  const wants = asked.mode === 'off' ? 'no TLS' : 'TLS';
  throw new FanfoldError(
    'CentralDatabaseUrlInvalid',
    `CENTRAL_DATABASE_URL asks for ${wants} by its parameter "${asked.parameter}", and --tls (FANFOLD_TLS) is ${option}.`,
    {
      fault: 'configuration',
      nextStep: 'Leave one of them out, or have both say the same.',
    },
  );
}
