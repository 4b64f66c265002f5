/** The things to check if a server refuses a token, in sentences, for tenants and the central database. */
export const IAM_CHECKS =
  'Check that the role or user whose AWS credentials are used is allowed rds-db:connect for this database user and server, that IAM database authentication is enabled there, and that the host is the endpoint itself: a server does not accept a token that was made for another name of its own, such as a CNAME or localhost.';
