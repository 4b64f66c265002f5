import { FanfoldError } from '../errors.ts';

/** Parts of the central database's address that are configured, because its secret may lack them. */
export interface CentralPlace {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly name?: string | undefined;
}

/** Reads a {@link CentralPlace} from the JSON that the infrastructure writes. Throws `EnvironmentInvalid`. */
export function parseCentralPlace(text: string | undefined, source: string): CentralPlace {
  if (text === undefined || text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(source);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(source);
  const { host, port, name } = value as Record<string, unknown>;
  const isText = (part: unknown) => part === undefined || (typeof part === 'string' && part !== '');
  const number = port === undefined ? undefined : Number(port);
  if (!isText(host) || !isText(name) || (number !== undefined && !Number.isInteger(number))) {
    throw invalid(source);
  }
  return { host: host as string | undefined, port: number, name: name as string | undefined };
}

function invalid(source: string): FanfoldError {
  return new FanfoldError(
    'EnvironmentInvalid',
    `${source} is not a JSON object of host, port and name.`,
    {
      fault: 'configuration',
      nextStep:
        'The stack sets it: correct "centralDatabase" in its configuration and deploy again.',
    },
  );
}
