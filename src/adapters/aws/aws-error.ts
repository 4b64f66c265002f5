import { FanfoldError } from '../../core/errors.ts';

/** What was asked of AWS. */
export interface AwsCall {
  /** In words that complete "AWS … to", such as `start a run`. */
  readonly action: string;
  /** Where it was asked; absent where no region is known. */
  readonly region?: string | undefined;
}

/**
 * Puts what an AWS client threw into our words. What is a `FanfoldError` already stays as it is. AWS
 * names principals, actions and ARNs in its messages, never a key, so that they may be shown.
 */
export function awsError(error: unknown, call: AwsCall): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const where = call.region === undefined ? '' : ` in ${call.region}`;
  const options = { fault: 'configuration', cause: error } as const;
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
          'They may have expired, or be those of another account: log in again, and check with `aws sts get-caller-identity`.',
      },
    );
  }
  if (isNameless(name) && statusOf(error) === 403) {
    return new FanfoldError(
      'AwsAccessDenied',
      `It is not allowed to ${call.action}${where} (HTTP 403, without a reason).`,
      {
        ...options,
        nextStep:
          'AWS names what is missing, so something in between may have answered: a proxy, or the policy of a VPC endpoint. Else look into CloudTrail, and at the policies of bucket and key.',
      },
    );
  }
  if (DENIED.has(name) || statusOf(error) === 403) {
    return new FanfoldError(
      'AwsAccessDenied',
      `AWS does not allow you to ${call.action}${where}: ${message}`,
      {
        ...options,
        nextStep:
          'Have the right that is named there granted: grantView, grantStart, grantOperate, grantProvision and grantRotateKeys of the construct TenantMigrations grant what each command needs, its KMS keys included.',
      },
    );
  }
  if (THROTTLED.has(name)) {
    return new FanfoldError('AwsThrottled', `AWS was asked too often to ${call.action}${where}.`, {
      ...options,
      retryable: true,
      nextStep: 'Try again in a minute.',
    });
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
        nextStep: 'Check the network, the region and AWS_ENDPOINT_URL, if it is set.',
      },
    );
  }
  const answered = isNameless(name) ? `HTTP ${statusOf(error)}, without a reason.` : undefined;
  return new FanfoldError(
    'AwsFailed',
    `AWS failed to ${call.action}${where}: ${answered ?? `${name}: ${message}`}`,
    {
      ...options,
      retryable: isServerFault(error),
      nextStep: 'Try again; if it stays so, look at https://health.aws.amazon.com/.',
    },
  );
}

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

/** Of Node's sockets and of the SDK's own time limits. */
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

/** What the client calls an answer without a body: nobody knows who has answered. */
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
