import { type Deployment, resolveIntrinsics, type Template } from './template.ts';

/** One statement of a role's policies, with values instead of references. */
export interface Statement {
  /** Logical id of the role. */
  readonly role: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The requested action. */
export interface Wanted {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys. */
  readonly context: Readonly<Record<string, string>>;
}

/** The statements of all roles of a template: inline ones and those of policies attached to them. */
export function statementsOf(template: Template, deployment: Deployment): Statement[] {
  const resolve = (value: unknown) => resolveIntrinsics(value, template, deployment);
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === 'AWS::IAM::Role') {
      const inline = (Properties.Policies ?? []) as readonly { PolicyDocument: unknown }[];
      return inline.flatMap(({ PolicyDocument }) => read(id, resolve(PolicyDocument)));
    }
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::ManagedPolicy') return [];
    const roles = (Properties.Roles ?? []) as readonly { Ref?: string }[];
    return roles.flatMap(({ Ref }) =>
      Ref === undefined ? [] : read(Ref, resolve(Properties.PolicyDocument)),
    );
  });
}

function read(role: string, document: unknown): Statement[] {
  const { Statement } = document as { Statement: readonly Record<string, unknown>[] };
  return Statement.map(({ Effect, Action, Resource, Condition = {} }) => ({
    role,
    effect: Effect as Statement['effect'],
    actions: listOf(Action),
    resources: listOf(Resource),
    conditions: Condition as Statement['conditions'],
  }));
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The statements that allow a role's call; empty if no statement allows it or one denies it. */
export function allowing(
  statements: readonly Statement[],
  role: string,
  wanted: Wanted,
): Statement[] {
  const matching = statements.filter((one) => one.role === role && applies(one, wanted));
  return matching.some(({ effect }) => effect === 'Deny') ? [] : matching;
}

function applies({ actions, resources, conditions }: Statement, wanted: Wanted): boolean {
  return (
    actions.some((action) => isLike(wanted.action.toLowerCase(), action.toLowerCase())) &&
    resources.some((resource) => isLike(wanted.resource, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, allowed]) =>
        holds(operator, wanted.context[key], listOf(allowed)),
      ),
    )
  );
}

/** A key without a value fails a condition, as in IAM, unless the operator says otherwise. */
function holds(operator: string, value: string | undefined, allowed: readonly string[]): boolean {
  // Of several values all must be allowed; if there is none, that holds.
  const ifExists = operator.endsWith('IfExists') || operator.startsWith('ForAllValues:');
  if (value === undefined) return ifExists;
  switch (operator.replace(/IfExists$|^ForAllValues:/g, '')) {
    case 'StringEquals':
    case 'Bool':
      return allowed.includes(value);
    // Both operators for ARNs accept wildcards, so they are the same.
    case 'ArnEquals':
    case 'ArnLike':
    case 'StringLike':
      return allowed.some((pattern) => isLike(value, pattern));
    default:
      throw new Error(`The condition ${operator} is not understood.`);
  }
}

/** IAM's wildcards: `*` for any characters, `?` for one. */
function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
