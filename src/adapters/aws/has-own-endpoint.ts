/** Whether another endpoint replaces AWS, in which case there is no console. */
export function hasOwnEndpoint(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL_SFN);
}
