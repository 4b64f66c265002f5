/** A synthesized CloudFormation template, as far as the tests read it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>> | undefined;
}

/** The values of a template's references in a deployed stack. */
export interface Deployment {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Physical ids by logical ids. */
  readonly physicalIds: ReadonlyMap<string, string>;
  /** Values of parameters. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Replaces Ref, Fn::GetAtt, Fn::Join, Fn::Sub and Fn::Select by their values. Throws for an unknown
 * function, since a policy that is not understood must not count as one that allows.
 */
export function resolveIntrinsics(value: unknown, template: Template, at: Deployment): unknown {
  const resolve = (inner: unknown): unknown => resolveIntrinsics(inner, template, at);
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length !== 1 || key === undefined || !/^(Ref|Fn::)/.test(key)) {
    return Object.fromEntries(entries.map(([name, inner]) => [name, resolve(inner)]));
  }
  switch (key) {
    case 'Ref':
      return refOf(String(argument), at);
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = argument as string[];
      return attributeOf(id, attribute, template, at);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(resolve).join(separator);
    }
    case 'Fn::Sub':
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, name: string) => refOf(name, at));
    case 'Fn::Select': {
      const [index, list] = argument as [number, unknown];
      return (resolve(list) as unknown[])[Number(index)];
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text)).split(separator);
    }
    default:
      throw new Error(`${key} in a policy is not understood: ${JSON.stringify(argument)}`);
  }
}

function refOf(name: string, at: Deployment): string {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': at.region,
    'AWS::AccountId': at.account,
    'AWS::StackName': at.stackName,
    'AWS::StackId': at.stackId,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const value = pseudo[name] ?? at.physicalIds.get(name) ?? at.parameters.get(name);
  if (value === undefined) throw new Error(`Nothing is known by the name ${name}.`);
  return value;
}

function attributeOf(id: string, attribute: string, template: Template, at: Deployment): string {
  const type = template.Resources[id]?.Type ?? '';
  const physical = refOf(id, at);
  if (attribute === 'Name' || attribute === 'QueueName') return physical.replace(/^.*[:/]/, '');
  if (attribute !== 'Arn') throw new Error(`${type} ${id}: ${attribute} is not understood.`);
  return physical.startsWith('arn:') ? physical : arnOf(type, physical, at);
}

function arnOf(type: string, name: string, { region, account }: Deployment): string {
  const here = `${region}:${account}`;
  const arns: Readonly<Record<string, string>> = {
    'AWS::S3::Bucket': `arn:aws:s3:::${name}`,
    'AWS::Lambda::Function': `arn:aws:lambda:${here}:function:${name}`,
    'AWS::KMS::Key': `arn:aws:kms:${here}:key/${name}`,
    'AWS::Logs::LogGroup': `arn:aws:logs:${here}:log-group:${name}:*`,
    'AWS::IAM::Role': `arn:aws:iam::${account}:role/${name}`,
    'AWS::SQS::Queue': `arn:aws:sqs:${here}:${name.replace(/^.*\//, '')}`,
    'AWS::StepFunctions::StateMachine': `arn:aws:states:${here}:stateMachine:${name}`,
  };
  const arn = arns[type];
  if (arn === undefined) throw new Error(`The ARN of a ${type} is not understood (${name}).`);
  return arn;
}
