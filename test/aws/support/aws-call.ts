/** A call of AWS's API as the recording proxy saw it. */
export interface AwsCall {
  /** The caller: a function's name. */
  readonly caller: string;
  /** As IAM writes it, such as `s3:GetObject`. */
  readonly action: string;
  /** ARNs, or `*` if the action has no resource. */
  readonly resources: readonly string[];
  /** Values that conditions of a policy may use, such as `s3:prefix`. */
  readonly context: Readonly<Record<string, string>>;
  /** Whether the call reads an execution's input and output, which are encrypted. */
  readonly executionData: boolean;
  /** Of the answer. */
  readonly status: number;
}

/** An HTTP request with its whole body. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Reads the call from a request; the answer's status comes later. Throws if the call is unknown. */
export function awsCallOf(request: ApiRequest): Omit<AwsCall, 'status'> {
  const { caller, region, service } = credentialOf(request);
  const described = readers[service]?.(request, region);
  if (described === undefined) {
    throw new Error(`No reader for ${service}: ${request.method} ${request.url}`);
  }
  return { caller, context: {}, executionData: false, ...described };
}

type Described = Pick<AwsCall, 'action' | 'resources'> &
  Partial<Pick<AwsCall, 'context' | 'executionData'>>;

/** Account of moto. */
export const LOCAL_ACCOUNT = '123456789012';

function credentialOf({ headers, url }: ApiRequest) {
  const [, caller = '', region = '', service = ''] =
    /Credential=([^/,]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(
      String(headers.authorization),
    ) ?? [];
  if (service === '') throw new Error(`A request without a signature: ${url}`);
  return { caller, region, service };
}

const readers: Readonly<Record<string, (request: ApiRequest, region: string) => Described>> = {
  s3: s3Call,
  states: stepFunctionsCall,
  secretsmanager: ({ headers, body }) => ({
    action: `secretsmanager:${targetOf(headers)}`,
    resources: [String(JSON.parse(body).SecretId)],
  }),
  lambda: lambdaCall,
  cloudformation: cloudFormationCall,
  events: eventsCall,
  monitoring: ({ headers }) => ({
    action: `cloudwatch:${targetOf(headers)}`,
    resources: ['*'],
  }),
  sns: ({ body }) => {
    const parameters = new URLSearchParams(body);
    return {
      action: `sns:${parameters.get('Action')}`,
      resources: [String(parameters.get('TopicArn'))],
    };
  },
};

function targetOf(headers: ApiRequest['headers']): string {
  return String(headers['x-amz-target']).replace(/^.*\./, '');
}

function s3Call({ method, url, body }: ApiRequest): Described {
  const { pathname, searchParams } = new URL(url, 'http://endpoint');
  const [bucket = '', ...rest] = decodeURIComponent(pathname).slice(1).split('/');
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const key = rest.join('/');
  if (key === '') {
    if (method === 'POST' && searchParams.has('delete')) {
      const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => name);
      return { action: 's3:DeleteObject', resources: keys.map((name) => `${bucketArn}/${name}`) };
    }
    if (method !== 'GET') return { action: `s3:${method}Bucket`, resources: [bucketArn] };
    const prefix = searchParams.get('prefix') ?? '';
    return { action: 's3:ListBucket', resources: [bucketArn], context: { 's3:prefix': prefix } };
  }
  const resources = [`${bucketArn}/${key}`];
  if (method === 'DELETE') {
    const action = searchParams.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
    return { action, resources };
  }
  return { action: /PUT|POST/.test(method) ? 's3:PutObject' : 's3:GetObject', resources };
}

function stepFunctionsCall({ headers, body }: ApiRequest): Described {
  const { executionArn, stateMachineArn, mapRunArn, includedData } = JSON.parse(body);
  const operation = targetOf(headers);
  return {
    action: `states:${operation}`,
    executionData:
      /^(DescribeExecution|GetExecutionHistory)$/.test(operation) &&
      includedData !== 'METADATA_ONLY',
    resources: [String(executionArn ?? mapRunArn ?? stateMachineArn)],
  };
}

function eventsCall({ headers, body }: ApiRequest, region: string): Described {
  const { Entries = [] } = JSON.parse(body) as {
    readonly Entries?: readonly { readonly EventBusName: string; readonly Source: string }[];
  };
  const resources = Entries.map(({ EventBusName }) =>
    EventBusName.startsWith('arn:')
      ? EventBusName
      : `arn:aws:events:${region}:${LOCAL_ACCOUNT}:event-bus/${EventBusName}`,
  );
  const [source = ''] = Entries.map(({ Source }) => Source);
  return { action: `events:${targetOf(headers)}`, resources, context: { 'events:source': source } };
}

function lambdaCall({ method, url }: ApiRequest, region: string): Described {
  const path = new URL(url, 'http://endpoint').pathname;
  if (/\/account-settings/.test(path)) {
    return { action: 'lambda:GetAccountSettings', resources: ['*'] };
  }
  const [, name, kind] = /\/functions\/([^/]+)(?:\/(\w+))?/.exec(decodeURIComponent(path)) ?? [];
  const arn = name?.startsWith('arn:')
    ? name
    : `arn:aws:lambda:${region}:${LOCAL_ACCOUNT}:function:${name}`;
  const action = kind === 'invocations' ? 'InvokeFunction' : `${method} ${kind}`;
  return { action: `lambda:${action}`, resources: [arn] };
}

function cloudFormationCall({ body }: ApiRequest, region: string): Described {
  const parameters = new URLSearchParams(body);
  const stack = parameters.get('StackName') ?? '';
  // CloudFormation reads a name like this, even if such a stack exists.
  const arn = stack.startsWith('arn:')
    ? stack
    : `arn:aws:cloudformation:${region}:${LOCAL_ACCOUNT}:stack/${stack}/*`;
  return { action: `cloudformation:${parameters.get('Action')}`, resources: [arn] };
}
