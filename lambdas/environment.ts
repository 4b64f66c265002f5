import { FanfoldError } from '../src/core/errors.ts';
import type { RunRequest } from '../src/core/request.ts';
import { ENVIRONMENT } from '../src/core/wire/environment.ts';
import { parseRunRequest } from '../src/core/wire/parse-run-request.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type Name = keyof typeof ENVIRONMENT;

/** What the infrastructure told a function. Each member throws `EnvironmentInvalid` where it is wrong. */
export interface LambdaEnvironment {
  /** A variable that has to be there. */
  required(name: Name): string;
  optional(name: Name): string | undefined;
  tls(): 'auto' | 'required' | 'off';
  requestDefaults(): Partial<RunRequest>;
  maxHoursPerTenant(): number;
}

/** Design section 6: a tenant that takes a day has something wrong with it. */
const MAX_HOURS = 24;

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
        throw invalid('requestDefaults', 'is no JSON');
      }
      const parsed = parseRunRequest(defaults);
      const named = Object.keys(defaults as object);
      return Object.fromEntries(Object.entries(parsed).filter(([key]) => named.includes(key)));
    },
    maxHoursPerTenant() {
      const text = optional('maxHoursPerTenant') ?? String(MAX_HOURS);
      const hours = Number(text);
      if (hours > 0 && Number.isFinite(hours)) return hours;
      throw invalid('maxHoursPerTenant', `is ${JSON.stringify(text)} and must be a number above 0`);
    },
  };
}

function invalid(name: Name, why: string): FanfoldError {
  return new FanfoldError('EnvironmentInvalid', `${ENVIRONMENT[name]} ${why}.`, {
    fault: 'configuration',
    nextStep: 'The stack sets it: correct its configuration in cdk.json and deploy again.',
  });
}
