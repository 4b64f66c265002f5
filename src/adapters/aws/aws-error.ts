import { FanfoldError } from '../../core/errors.ts';

/** The caller of AWS, who can act on a refusal: a person at a command line, or a function of the stack. */
export type AwsCaller = 'person' | 'function';

/** A call of AWS that failed. */
export interface AwsCall {
  /** Words that complete "AWS does not allow you to …", such as `start a run`. */
  readonly action: string;
  /** Absent if no region is known. */
  readonly region?: string | undefined;
  /** Default: a person. */
  readonly caller?: AwsCaller | undefined;
  /** The first thing to check if the caller is refused, as a sentence; a person's default names all grants. */
  readonly deniedHint?: string | undefined;
}

/**
 * Turns an error of an AWS client into a `FanfoldError`; a `FanfoldError` is returned unchanged. AWS's
 * messages can be shown: they name principals, actions and ARNs, but never a key.
 */
export function awsError(error: unknown, call: AwsCall): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const where = call.region === undefined ? '' : ` in ${call.region}`;
  const options = { fault: 'configuration', cause: error } as const;
  const isFunction = call.caller === 'function';
  const [, wrongRegion] = /^Region not accepted: region="(.*)"/.exec(message) ?? [];
  if (wrongRegion || /^Region (is missing|not accepted)/.test(message)) {
    const problem = wrongRegion
      ? `"${wrongRegion}" is not an AWS region.`
      : 'No AWS region is set.';
    return new FanfoldError('AwsRegionMissing', problem, {
      ...options,
      nextStep: 'Set AWS_REGION, such as eu-west-1, or a region for the profile in ~/.aws/config.',
    });
  }
  if (NO_CREDENTIALS.has(name) || /Could not load credentials/i.test(message)) {
    return new FanfoldError('AwsCredentialsMissing', `There are no AWS credentials: ${message}`, {
      ...options,
      nextStep:
        'Log in (aws sso login, aws login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. `aws sts get-caller-identity` shows who you are.',
    });
  }
  if (REFUSED_CREDENTIALS.has(name)) {
    return new FanfoldError(
      'AwsCredentialsRefused',
      `AWS does not accept the credentials${where}: ${message}`,
      {
        ...options,
        nextStep:
          'They may have expired, or belong to another account: log in again, and check with `aws sts get-caller-identity`.',
      },
    );
  }
  if (isNameless(name) && statusOf(error) === 403) {
    return new FanfoldError(
      'AwsAccessDenied',
      `${isFunction ? "The function's role is" : 'You are'} not allowed to ${call.action}${where} (HTTP 403 without a reason).`,
      {
        ...options,
        nextStep:
          'AWS itself names the missing permission, so a proxy or the policy of a VPC endpoint may have refused the call. Otherwise check CloudTrail, and the policies of the bucket and the key.',
      },
    );
  }
  if (DENIED.has(name) || statusOf(error) === 403) {
    return new FanfoldError(
      'AwsAccessDenied',
      `AWS does not allow ${isFunction ? "the function's role" : 'you'} to ${call.action}${where}: ${message}`,
      {
        ...options,
        nextStep: isFunction
          ? [call.deniedHint, ROLE_REFUSED].filter(Boolean).join(' ')
          : (call.deniedHint ?? PERSON_REFUSED),
      },
    );
  }
  if (THROTTLED.has(name)) {
    return new FanfoldError(
      'AwsThrottled',
      `AWS throttled the request to ${call.action}${where}.`,
      {
        ...options,
        retryable: true,
        nextStep: 'Try again in a minute.',
      },
    );
  }
  if (message === 'Invalid URL') {
    return new FanfoldError('AwsUnreachable', 'AWS_ENDPOINT_URL is not a URL.', {
      ...options,
      nextStep: 'Correct it, or unset it to reach AWS itself.',
    });
  }
  if (isUnreachable(error)) {
    return new FanfoldError(
      'AwsUnreachable',
      `AWS${where} cannot be reached to ${call.action}: ${message || name}`,
      {
        ...options,
        retryable: true,
        nextStep: isFunction
          ? FUNCTION_CUT_OFF
          : 'Check the network, the region and AWS_ENDPOINT_URL, if it is set.',
      },
    );
  }
  const answered = isNameless(name) ? `HTTP ${statusOf(error)} without a reason.` : undefined;
  return new FanfoldError(
    'AwsFailed',
    `AWS failed to ${call.action}${where}: ${answered ?? `${name}: ${message}`}`,
    {
      ...options,
      retryable: isServerFault(error),
      nextStep: 'Try again; if it fails again, check https://health.aws.amazon.com/.',
    },
  );
}

const PERSON_REFUSED =
  'Ask for the permission named in the message. grantView, grantStart, grantOperate, grantApprove, grantProvision and grantRotateKeys of the construct TenantMigrations grant everything that each command needs, including its KMS keys.';

/**
 * The stack grants its functions everything that they need, so that something else refuses. How the work is done once
 * more depends on who has called the function: the function adds it.
 */
const ROLE_REFUSED =
  'The stack grants the role this permission, so check what denies it: the policy of the resource or of its KMS key, a permissions boundary, a service control policy or the policy of a VPC endpoint. Deploy again if the role was changed by hand.';

const FUNCTION_CUT_OFF =
  'A function in a VPC needs a route to AWS: check that its subnets have a NAT gateway or an endpoint of the service, and that its security groups allow port 443.';

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);

const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'KmsAccessDeniedException',
  'KMSAccessDeniedException',
  'NotAuthorized',
  'UnauthorizedOperation',
]);

const THROTTLED = new Set([
  'KmsThrottlingException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Error codes of Node's sockets, and of the SDK's own timeouts. */
const UNREACHABLE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

function isUnreachable(error: unknown): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return UNREACHABLE.has(String(code)) || UNREACHABLE.has(String(name));
}

/** Whether the response had no body, so that its sender is unknown. */
function isNameless(name: string): boolean {
  return name === 'Unknown' || name === 'UnknownError';
}

function isServerFault(error: unknown): boolean {
  return statusOf(error) >= 500;
}

function statusOf(error: unknown): number {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}
