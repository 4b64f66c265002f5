import { type CentralPlace, parseCentralPlace } from '../src/core/central/central-place.ts';
import type { TenantsMapping } from '../src/core/central/tenants-mapping.ts';
import { parseTenantsMapping } from '../src/core/central/tenants-mapping-text.ts';
import {
  type PasswordFormat,
  parsePasswordFormat,
} from '../src/core/encryption/password-sealer.ts';
import { FanfoldError } from '../src/core/errors.ts';
import { parseServer } from '../src/core/provision/parse-admin-logins.ts';
import type { RunRequest } from '../src/core/request.ts';
import type { ServerAddress } from '../src/core/tenant.ts';
import { ENVIRONMENT, MAX_HOURS_PER_TENANT } from '../src/core/wire/environment.ts';
import {
  OPERATOR_FUNCTION_NAMES,
  type OperatorFunction,
} from '../src/core/wire/operator-functions.ts';
import { parseRunRequest } from '../src/core/wire/parse-run-request.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type Name = keyof typeof ENVIRONMENT;

/** A secret with logins, and the server that it is of if it does not say. */
interface LoginSecret {
  readonly arn: string;
  readonly server: ServerAddress | undefined;
}

/** Settings of a function from the infrastructure. Each member throws `EnvironmentInvalid` if it is wrong. */
export interface LambdaEnvironment {
  /** A required variable. */
  required(name: Name): string;
  optional(name: Name): string | undefined;
  tls(): 'auto' | 'required' | 'off';
  requestDefaults(): Partial<RunRequest>;
  maxHoursPerTenant(): number;
  /** The part of the central database's address that its secret may lack. */
  centralDatabase(): CentralPlace;
  /** The form of messages on the topic. */
  notifyFormat(): 'text' | 'amazon-q';
  /** At least one. */
  adminSecrets(): readonly LoginSecret[];
  /** May be none. */
  shapeSecrets(): readonly LoginSecret[];
  /** May be none. */
  replicaSecrets(): readonly LoginSecret[];
  /** How users of new tenants log in. */
  auth(): 'password' | 'iam' | undefined;
  passwordFormat(): PasswordFormat | undefined;
  /** Databases that are kept ready on each server; 0 without a pool. */
  poolSize(): number;
  requireTls(): boolean | undefined;
  /** The table of tenants in the central database; undefined for the guide's table. */
  centralTenants(): TenantsMapping | undefined;
  /** The part of an operator's work that this function does. */
  operator(): OperatorFunction;
}

export function lambdaEnvironment(variables: Variables): LambdaEnvironment {
  const optional = (name: Name) => variables[ENVIRONMENT[name]] || undefined;
  return {
    optional,
    required(name) {
      const value = optional(name);
      if (value === undefined) throw invalid(name, 'is not set');
      return value;
    },
    tls() {
      const value = optional('tls') ?? 'auto';
      if (value === 'auto' || value === 'required' || value === 'off') return value;
      throw invalid('tls', `is ${JSON.stringify(value)} and must be auto, required or off`);
    },
    requestDefaults() {
      const text = optional('requestDefaults');
      if (text === undefined) return {};
      let defaults: unknown;
      try {
        defaults = JSON.parse(text);
      } catch {
        throw invalid('requestDefaults', 'is not JSON');
      }
      const parsed = parseRunRequest(defaults);
      const named = Object.keys(defaults as object);
      return Object.fromEntries(Object.entries(parsed).filter(([key]) => named.includes(key)));
    },
    maxHoursPerTenant() {
      const text = optional('maxHoursPerTenant') ?? String(MAX_HOURS_PER_TENANT);
      const hours = Number(text);
      if (hours > 0 && Number.isFinite(hours)) return hours;
      throw invalid('maxHoursPerTenant', `is ${JSON.stringify(text)} and must be a number above 0`);
    },
    notifyFormat() {
      const value = optional('notifyFormat') ?? 'text';
      if (value === 'text' || value === 'amazon-q') return value;
      throw invalid('notifyFormat', `is ${JSON.stringify(value)} and must be text or amazon-q`);
    },
    adminSecrets() {
      return loginSecrets('adminSecrets', this.required('adminSecrets'));
    },
    shapeSecrets: () => loginSecretsOrNone('shapeSecrets', optional('shapeSecrets')),
    replicaSecrets: () => loginSecretsOrNone('replicaSecrets', optional('replicaSecrets')),
    centralDatabase: () =>
      parseCentralPlace(optional('centralDatabase'), ENVIRONMENT.centralDatabase),
    auth() {
      const value = optional('auth');
      if (value === undefined || value === 'password' || value === 'iam') return value;
      throw invalid('auth', `is ${JSON.stringify(value)} and must be password or iam`);
    },
    poolSize() {
      const text = optional('poolSize') ?? '0';
      if (/^\d{1,3}$/.test(text)) return Number(text);
      throw invalid('poolSize', `is ${JSON.stringify(text)} and must be a whole number`);
    },
    passwordFormat: () => parsePasswordFormat(optional('passwordFormat')),
    centralTenants: () => parseTenantsMapping(optional('centralTenants')),
    operator() {
      const name = this.required('operator');
      const known = OPERATOR_FUNCTION_NAMES.find((one) => one === name);
      if (known !== undefined) return known;
      throw invalid(
        'operator',
        `is ${JSON.stringify(name)} and must be one of ${OPERATOR_FUNCTION_NAMES.join(', ')}`,
      );
    },
    requireTls() {
      const text = optional('requireTls');
      if (text === undefined || text === 'true' || text === 'false') {
        return text === undefined ? undefined : text === 'true';
      }
      throw invalid('requireTls', `is ${JSON.stringify(text)} and must be true or false`);
    },
  };
}

type SecretsName = 'adminSecrets' | 'shapeSecrets' | 'replicaSecrets';

function loginSecretsOrNone(name: SecretsName, text: string | undefined): LoginSecret[] {
  return text === undefined ? [] : loginSecrets(name, text);
}

function loginSecrets(name: SecretsName, text: string): LoginSecret[] {
  const secrets = parsedList(text);
  if (secrets === undefined || secrets.length === 0) {
    throw invalid(name, 'is not a JSON list of secrets');
  }
  return secrets.map(({ arn, server }) => {
    if (typeof arn !== 'string') throw invalid(name, 'has a secret without an ARN');
    const address =
      server === undefined ? undefined : parseServer(String(server), ENVIRONMENT[name]);
    return { arn, server: address };
  });
}

function parsedList(
  text: string,
): readonly { readonly arn?: unknown; readonly server?: unknown }[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function invalid(name: Name, why: string): FanfoldError {
  return new FanfoldError('EnvironmentInvalid', `${ENVIRONMENT[name]} ${why}.`, {
    fault: 'configuration',
    nextStep: 'The stack sets it: correct its configuration in cdk.json and deploy again.',
  });
}
