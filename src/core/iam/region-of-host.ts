/**
 * The labels of an endpoint of Amazon RDS: its region is before `rds`, or in China after it. A global endpoint
 * of Aurora has no region in its name.
 */
const ENDPOINT =
  /\.(?:([a-z]{2,}(?:-[a-z]+)+-\d+)\.rds|rds\.([a-z]{2,}(?:-[a-z]+)+-\d+))(?:\.[a-z0-9-]+){2,}\.?$/;

/** The AWS region in the name of a database server; `undefined` if it is not an endpoint that names one. */
export function regionOfHost(host: string): string | undefined {
  const [, before, after] = ENDPOINT.exec(host.toLowerCase()) ?? [];
  return before ?? after;
}
