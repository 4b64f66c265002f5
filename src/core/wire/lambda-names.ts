/** The functions by the names of their files in lambdas/. */
export const LAMBDA_NAMES = [
  'list-tenants',
  'migrate-tenant',
  'reduce-outcomes',
  'settle-run',
  'watch-digests',
  'on-deploy',
  'provision-tenant',
  'operate',
] as const;

export type LambdaName = (typeof LAMBDA_NAMES)[number];
